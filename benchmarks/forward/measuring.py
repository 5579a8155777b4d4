"""Every way in turns over the same source, each into a dest of its own; the sandbox is a process of its own."""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telethon import TelegramClient
from telethon.sessions import StringSession

from benchmarks.chaos.stage import make_settings
from benchmarks.chaos.stores import SqliteFile, redis_server, redis_url
from benchmarks.forward.peers import PEERS
from tgforward.db.accounts import load_account_named
from tgforward.db.migrate import upgrade
from tgforward.db.session import reading
from tgforward.demo.stage import sandbox_process
from tgforward.forwarding.outcomes import Continue
from tgforward.logs import configure_logging
from tgforward.sandbox.control_client import SandboxControl
from tgforward.services.accounts import import_account
from tgforward.services.borrowing import borrowed_lane
from tgforward.services.configs import add_config
from tgforward.services.deps import Deps, open_deps
from tgforward.services.forward import run_forward_config

SOURCE = "forward_source"
OURS: dict[str, dict[str, Any]] = {"ours_unchanged": {}, "ours_edited": {"add_text": "edited"}}
Work = Callable[[], Awaitable[None]]
WAYS = (*OURS, *PEERS)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one way needed for all messages."""

    seconds: float
    cpu_s: float
    requests: int
    is_in_order: bool
    """And whole."""


async def measure(messages: int) -> dict[str, Taken]:
    """One run with everything new."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tgf-fwd-")))
        sandbox = await stack.enter_async_context(sandbox_process(directory / "sandbox", "empty"))
        control = await stack.enter_async_context(SandboxControl(sandbox["host"], sandbox["control_port"]))
        redis = redis_server(directory)
        stack.push_async_callback(redis.kill)
        await redis.start()
        settings = make_settings(directory, SqliteFile(directory / "t.db").url, redis_url(directory), sandbox)
        await upgrade(settings.database_url)
        deps = await stack.enter_async_context(open_deps(settings))
        await _build(control, deps, messages)
        ours = {way: await _timed(control, way, messages, _ours(deps, way)) for way in OURS}
        return ours | {way: await _timed(control, way, messages, _peer(control, sandbox, way)) for way in PEERS}


async def _build(control: SandboxControl, deps: Deps, messages: int) -> None:
    for name in ("editor", "reader"):
        await control.call("add_user", name=name)
    await control.call("add_channel", title=SOURCE, username=SOURCE, admins=["editor"], members=["reader"])
    for way in WAYS:
        await control.call("add_channel", title=way, username=way, admins=["reader"])
    for number in range(messages):
        await control.post(SOURCE, str(number), sender="editor")
    await import_account(deps, "reader", await control.session_string("reader"), actor="benchmark")


async def _timed(control: SandboxControl, way: str, messages: int, ready: AbstractAsyncContextManager[Work]) -> Taken:
    async with ready as work:
        before = await _requests(control)
        started, cpu = time.perf_counter(), time.process_time()
        await work()
        seconds, cpu_s = time.perf_counter() - started, time.process_time() - cpu
    requests = await _requests(control) - before
    texts = [entry.text.split("\n")[0] for entry in await control.journal(way) if not entry.is_service]
    is_in_order = texts == [str(number) for number in range(messages)]
    return Taken(seconds, cpu_s, requests, is_in_order)


async def _requests(control: SandboxControl) -> int:
    of_all: Mapping[str, Mapping[str, int]] = (await control.counters())["requests"]
    return sum(sum(methods.values()) for methods in of_all.values())


@asynccontextmanager
async def _ours(deps: Deps, way: str) -> AsyncIterator[Work]:
    fields = {"forward_history_count": -1, **OURS[way]}
    stored = await add_config(deps, source=f"@{SOURCE}", dest=f"@{way}", account=None, fields=fields, actor="benchmark")
    async with reading(deps.session_factory) as session:
        account = await load_account_named(session, "reader")
    assert account is not None
    async with borrowed_lane(deps, account.id) as lane:
        assert lane is not None
        await lane.connection()

        async def work() -> None:
            while isinstance(await run_forward_config(lane, stored.id, 1), Continue):
                pass

        yield work


@asynccontextmanager
async def _peer(control: SandboxControl, sandbox: Mapping[str, Any], way: str) -> AsyncIterator[Work]:
    session = StringSession(await control.session_string("reader"))
    client = TelegramClient(session, sandbox["api_id"], sandbox["api_hash"])  # ours has made the server's key known
    await client.connect()
    try:
        source, dest = await client.get_input_entity(SOURCE), await client.get_input_entity(way)
        yield lambda: PEERS[way](client, source, dest)
    finally:
        await client.disconnect()


def run_once(messages: int) -> dict[str, Taken]:
    """`measure` in a loop of its own; nothing is logged that a worker would not log."""
    configure_logging("warning", "json", stream=sys.stderr)
    return asyncio.run(measure(messages))
