"""One account that reads all sources, and configs that are dealt out to these."""

from tgforward.sandbox.control_client import SandboxControl
from tgforward.services.accounts import import_account
from tgforward.services.configs import add_config
from tgforward.services.deps import Deps
from tgforward.types import ConfigId

DEST = "idle_dest"
READER = "reader"


async def build(control: SandboxControl, deps: Deps, sources: int) -> None:
    """Chats with a message each, and the account's log-in."""
    for name in ("editor", READER):
        await control.call("add_user", name=name)
    await control.call("add_channel", title=DEST, username=DEST, admins=[READER])
    for number in range(sources):
        name = source_name(number)
        await control.call("add_channel", title=name, username=name, admins=["editor"], members=[READER])
        await control.post(name, "old", sender="editor")
    await import_account(deps, READER, await control.session_string(READER), actor="benchmark")


def source_name(number: int) -> str:
    """The username of a source."""
    return f"idle_source{number}"


async def add_configs(deps: Deps, configs: int, sources: int, interval_s: int) -> list[ConfigId]:
    """So many configs, the sources dealt out to them in turn."""
    fields = {"interval_second": interval_s}
    added = []
    for number in range(configs):
        source = f"@{source_name(number % sources)}"
        stored = await add_config(
            deps, source=source, dest=f"@{DEST}", account=READER, fields=fields, actor="benchmark"
        )
        added.append(stored.id)
    return added
