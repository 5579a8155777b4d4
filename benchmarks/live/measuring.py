"""One run: a source that grows, our fleet and the peer beside each other, both killed as often."""

import asyncio
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.chaos.fleet import Fleet, Member, Role, make_members
from benchmarks.chaos.stage import environment_of, make_settings
from benchmarks.chaos.stores import MariaDb, SqliteFile, redis_server, redis_url
from tgforward.db.configs import load_config
from tgforward.db.migrate import upgrade
from tgforward.db.session import reading
from tgforward.demo.stage import sandbox_process
from tgforward.sandbox.control_client import SandboxControl
from tgforward.services.accounts import import_account
from tgforward.services.configs import add_config
from tgforward.services.deps import Deps, open_deps
from tgforward.types import ConfigId

SOURCE, OURS, PEER = "live_source", "live_ours", "live_peer"
KILL_EVERY_S = 6.0  # a killed worker's lane is free after three seconds
BEGIN_S, END_S, LOOK_EVERY_S = 60.0, 60.0, 0.2


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    messages: int
    rate: float
    kills: int
    runs: int
    db: str


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What became of the posts in one dest."""

    late_ms: Sequence[float]
    lost: int
    doubled: int
    misplaced: int


async def measure(size: Size) -> dict[str, Arrivals]:
    """One run with everything new."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tgf-live-")))
        sandbox = await stack.enter_async_context(sandbox_process(directory / "sandbox", "empty"))
        control = await stack.enter_async_context(SandboxControl(sandbox["host"], sandbox["control_port"]))
        deps = await _stores(stack, directory, sandbox, size.db)
        config_id = await _build(control, deps)
        members = [*make_members(1, 1, None), _peer(sandbox, await control.session_string("other"))]
        fleet = Fleet(directory, environment_of(deps.settings) | {"API_HASH": sandbox["api_hash"]}, members)
        stack.push_async_callback(fleet.close)
        fleet.start()
        await _begun(deps, config_id)
        async with asyncio.TaskGroup() as group:
            seconds = max(size.messages / size.rate, size.kills * KILL_EVERY_S)
            group.create_task(_post(control, size.messages, seconds))
            group.create_task(_kill(fleet, size.kills))
        return await _arrivals(control, size.messages)


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


async def _build(control: SandboxControl, deps: Deps) -> ConfigId:
    for name in ("editor", "reader", "other"):
        await control.call("add_user", name=name)
    readers = ["reader", "other"]
    await control.call("add_channel", title=SOURCE, username=SOURCE, admins=["editor"], members=readers)
    for dest in (OURS, PEER):
        await control.call("add_channel", title=dest, username=dest, admins=readers)
    await import_account(deps, "reader", await control.session_string("reader"), actor="benchmark")
    fields = {"instant": True, "interval_second": 20}
    stored = await add_config(
        deps, source=f"@{SOURCE}", dest=f"@{OURS}", account="reader", fields=fields, actor="benchmark"
    )
    return stored.id


def _peer(sandbox: Mapping[str, Any], session: str) -> Member:
    place = [sandbox["host"], sandbox["port"], sandbox["dc_id"], sandbox["api_id"], sandbox["public_key"]]
    words = [sys.executable, "-m", "benchmarks.live.peer", *map(str, place), session, f"@{SOURCE}", f"@{PEER}"]
    return Member("peer", Role.SCHEDULER, words)


async def _begun(deps: Deps, config_id: ConfigId) -> None:
    async with asyncio.timeout(BEGIN_S):
        while True:
            async with reading(deps.session_factory) as session:
                config = await load_config(session, config_id)
            if config is not None and config.live_cursor is not None:
                break
            await asyncio.sleep(LOOK_EVERY_S)
    await asyncio.sleep(3)  # the peer is there after one


async def _post(control: SandboxControl, messages: int, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    for number in range(messages):
        await asyncio.sleep(max(0.0, started + number * seconds / messages - loop.time()))
        await control.post(SOURCE, str(number), sender="editor")


async def _kill(fleet: Fleet, kills: int) -> None:
    for _ in range(kills):
        await asyncio.sleep(KILL_EVERY_S * 0.9)
        for member in (fleet.members[0], fleet.members[-1]):
            fleet.kill(member, restart_s=0.5)


async def _arrivals(control: SandboxControl, messages: int) -> dict[str, Arrivals]:
    """Ours has as long as it takes; what the peer has not by then it never sends."""
    loop = asyncio.get_running_loop()
    latest = loop.time() + END_S
    while len({entry.text for entry in await control.journal(OURS)}) < messages and loop.time() < latest:  # noqa: ASYNC110
        await asyncio.sleep(LOOK_EVERY_S)
    await asyncio.sleep(1)
    return {name: await _compare(control, dest) for name, dest in (("ours", OURS), ("peer", PEER))}


async def _compare(control: SandboxControl, dest: str) -> Arrivals:
    posted = {entry.text: entry.stored_at for entry in await control.journal(SOURCE) if not entry.is_service}
    arrived = [entry for entry in await control.journal(dest) if not entry.is_service]
    first = {entry.text: entry.stored_at for entry in reversed(arrived)}
    numbers = [int(text) for text in dict.fromkeys(entry.text for entry in arrived)]
    return Arrivals(
        late_ms=[(first[text] - at) / timedelta(milliseconds=1) for text, at in posted.items() if text in first],
        lost=len(posted) - len(first),
        doubled=len(arrived) - len(first),
        misplaced=sum(after < before for before, after in pairwise(numbers)),
    )
