"""A source with a long history, one config that brings all of it along, and the worker's memory meanwhile."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.chaos.fleet import Fleet, make_members
from benchmarks.chaos.stage import environment_of, make_settings
from benchmarks.chaos.stores import MariaDb, SqliteFile, redis_server, redis_url
from benchmarks.history.watching import Estimate, Moment, Watch
from tgforward.db.migrate import upgrade
from tgforward.demo.stage import sandbox_process
from tgforward.sandbox.control_client import SandboxControl
from tgforward.services.accounts import import_account
from tgforward.services.configs import add_config
from tgforward.services.deps import Deps, open_deps
from tgforward.services.histories import history_left
from tgforward.services.known_configs import require_config
from tgforward.types import ConfigId

SOURCE, DEST, READER = "history_source", "history_dest", "reader"
TOLD_EVERY = 20_000
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    messages: int
    kills: int
    db: str
    length: int = 0
    """How many characters each message has at least."""
    edited: bool = False
    """Whether the config adds a line, so that each message is sent anew instead of forwarded."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What became of the history, and what the worker took for it."""

    moments: Sequence[Moment]
    estimate: Estimate | None
    requests: int
    lost: int
    doubled: int
    misplaced: int
    ended: Sequence[str]
    """Processes that ended by themselves."""


async def measure(size: Size, say: Say) -> Findings:
    """One history, with everything new."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tgf-history-")))
        sandbox = await stack.enter_async_context(sandbox_process(directory / "sandbox", "empty"))
        control = await stack.enter_async_context(SandboxControl(sandbox["host"], sandbox["control_port"]))
        deps = await _stores(stack, directory, sandbox, size.db)
        await _post(control, size, say)
        left = partial(_left_s, deps, await _add_config(control, deps, size))
        asked = await _requests(control)
        fleet = Fleet(directory, environment_of(deps.settings), make_members(1, 1, None))
        stack.push_async_callback(fleet.close)
        fleet.start()
        watch = Watch(control, fleet, DEST, size.messages, size.kills, say, left)
        await watch.run()
        requests = await _requests(control) - asked
        return Findings(
            watch.moments, watch.estimate, requests, *await _compare(control, size.messages), tuple(fleet.ended)
        )


async def _stores(stack: AsyncExitStack, directory: Path, sandbox: Mapping[str, Any], db: str) -> Deps:
    redis = redis_server(directory)
    stack.push_async_callback(redis.kill)
    await redis.start()
    database = MariaDb(directory) if db == "mysql" else SqliteFile(directory / "tgforward.db")
    stack.push_async_callback(database.stop)
    await database.start()
    settings = make_settings(directory, database.url, redis_url(directory), sandbox)
    await upgrade(settings.database_url)
    return await stack.enter_async_context(open_deps(settings))


async def _post(control: SandboxControl, size: Size, say: Say) -> None:
    for name in ("editor", READER):
        await control.call("add_user", name=name)
    await control.call("add_channel", title=SOURCE, username=SOURCE, admins=["editor"], members=[READER])
    await control.call("add_channel", title=DEST, username=DEST, admins=[READER])
    for number in range(size.messages):
        await control.post(SOURCE, f"{number} ".ljust(size.length, "x").strip(), sender="editor")
        if (number + 1) % TOLD_EVERY == 0:
            say(f"{number + 1} posted")


async def _add_config(control: SandboxControl, deps: Deps, size: Size) -> ConfigId:
    await import_account(deps, READER, await control.session_string(READER), actor="benchmark")
    fields = {"forward_history_count": -1} | ({"add_text": "edited"} if size.edited else {})
    stored = await add_config(
        deps, source=f"@{SOURCE}", dest=f"@{DEST}", account=READER, fields=fields, actor="benchmark"
    )
    return stored.id


async def _left_s(deps: Deps, config_id: ConfigId) -> float | None:
    """What `tgforward status` would say now."""
    left = await history_left(deps, await require_config(deps, config_id), ())
    return None if left is None else left.total_seconds()


async def _requests(control: SandboxControl) -> int:
    of_all = (await control.counters())["requests"]
    return sum(sum(methods.values()) for methods in of_all.values())


async def _compare(control: SandboxControl, messages: int) -> tuple[int, int, int]:
    arrived = [int(entry.text.split()[0]) for entry in await control.journal(DEST) if not entry.is_service]
    misplaced = sum(after < before for before, after in pairwise(dict.fromkeys(arrived)))
    return messages - len(set(arrived)), len(arrived) - len(set(arrived)), misplaced
