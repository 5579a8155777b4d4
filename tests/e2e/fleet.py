"""Several accounts, each with a config of its own, and the worker processes that share them."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from unittest.mock import patch

from tests.e2e.installation import Installation, deadline
from tgforward.db.leases import list_owners
from tgforward.db.session import reading
from tgforward.db.workers import list_live
from tgforward.sandbox.control_client import SandboxControl
from tgforward.services.accounts import import_account
from tgforward.services.configs import add_config
from tgforward.services.deps import Deps, open_deps
from tgforward.settings import load_settings

POLL_S = 0.02
Owned = dict[str, int]


@dataclass(frozen=True, slots=True)
class Fleet:
    """An installation with `size` accounts; account n forwards `source_n` to `dest_n` every second."""

    deps: Deps
    control: SandboxControl
    size: int

    async def owned(self) -> Owned:
        """How many lanes each process owns."""
        found: Owned = {}
        async with reading(self.deps.session_factory) as session:
            for item in await list_owners(session):
                found[item.owner] = found.get(item.owner, 0) + 1
        return found

    async def live(self) -> list[str]:
        """The worker processes that are alive."""
        async with reading(self.deps.session_factory) as session:
            return await list_live(session)

    async def until_owned(self, condition: Callable[[Owned], bool]) -> float:
        """Wait for owners of which `condition` holds; how many seconds that took."""
        began = time.monotonic()
        async with deadline():
            while not condition(await self.owned()):  # noqa: ASYNC110 - other processes own them
                await asyncio.sleep(POLL_S)
        return time.monotonic() - began

    async def post_everywhere(self, text: str) -> None:
        """One message into every source."""
        for number in range(self.size):
            await self.control.post(f"source_{number}", text, sender="editor")

    async def until_arrived(self, text: str, numbers: Collection[int] | None = None) -> float:
        """Wait until the message stands in the dests; how many seconds that took."""
        began = time.monotonic()
        async with deadline():
            for number in range(self.size) if numbers is None else numbers:
                while text not in await self.texts(number):  # noqa: ASYNC110 - other processes post
                    await asyncio.sleep(POLL_S)
        return time.monotonic() - began

    async def texts(self, number: int) -> list[str]:
        """What a dest holds."""
        return [entry.text for entry in await self.control.journal(f"dest_{number}")]

    async def accounts(self, pid: int) -> list[int]:
        """The accounts that a process owns, by their places."""
        async with reading(self.deps.session_factory) as session:
            owners = await list_owners(session)
        return [place for place, item in enumerate(owners) if f"-{pid}-" in item.owner]


def of(pid: int, owned: Owned) -> int:
    """How many lanes the process with that number owns."""
    return sum(count for owner, count in owned.items() if f"-{pid}-" in owner)


def shares(owned: Owned) -> list[int]:
    """How many lanes the processes own, the fewest first."""
    return sorted(owned.values())


@asynccontextmanager
async def open_fleet(installation: Installation, size: int) -> AsyncIterator[Fleet]:
    """The accounts and configs are made by the services that the commands call."""
    assert installation.run("db", "upgrade").code == 0
    with patch.dict(os.environ, installation.environment):
        settings = load_settings()
    async with installation.control() as control, open_deps(settings) as deps:
        for number in range(size):
            await _add_account(deps, control, number)
        yield Fleet(deps, control, size)


async def _add_account(deps: Deps, control: SandboxControl, number: int) -> None:
    name, source, dest = f"account_{number}", f"source_{number}", f"dest_{number}"
    await control.call("add_user", name=name)
    await control.call("add_channel", title=source, username=source, admins=["editor"], members=[name])
    await control.call("add_channel", title=dest, username=dest, admins=[name])
    await import_account(deps, name, await control.session_string(name), actor="test")
    await add_config(
        deps,
        source=f"@{source}",
        dest=f"@{dest}",
        account=name,
        fields={"interval_second": 1, "forward_history_count": -1},
        actor="test",
    )
