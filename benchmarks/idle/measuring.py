"""Two windows of the same length, one with a tenth of the configs ticking and one with all of them.

What the processes ask for by the clock (leases, refreshes, samples) is the same in both. What grows is the ticks'.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.fleet import Fleet, make_members
from benchmarks.chaos.stage import environment_of, make_settings
from benchmarks.chaos.stores import MariaDb, redis_server, redis_url
from benchmarks.idle.statements import StatementLog
from benchmarks.idle.ticks import count_ticks
from benchmarks.idle.world import add_configs, build
from tgforward.db.configs import set_config_states
from tgforward.db.migrate import upgrade
from tgforward.db.models import ConfigState
from tgforward.demo.stage import sandbox_process
from tgforward.sandbox.control_client import SandboxControl
from tgforward.services.deps import Deps, open_deps
from tgforward.types import ConfigId

FEW = 10  # one in so many ticks in the first window
BEGIN_S = 60.0
LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    configs: int
    sources: int
    interval_s: int
    intervals: int


@dataclass(frozen=True, slots=True)
class Window:
    """What happened in so many intervals and a half."""

    ticks: Mapping[str, int]
    """Ended jobs of configs, by outcome."""
    requests: Mapping[str, int]
    """To Telegram, by method."""
    statements: Mapping[str, int]
    """To the database, by their text without its values."""


@dataclass(frozen=True, slots=True)
class Windows:
    """The two that are compared."""

    few: Window
    all: Window


@dataclass(frozen=True, slots=True)
class _Stage:
    size: Size
    directory: Path
    control: SandboxControl
    deps: Deps
    log: StatementLog


async def measure(size: Size) -> Windows:
    """Both windows, with everything new."""
    async with AsyncExitStack() as stack:
        stage = await _set_up(stack, size)
        config_ids = await add_configs(stage.deps, size.configs, size.sources, size.interval_s)
        few = max(size.configs // FEW, 1)
        await _set_states(stage.deps, config_ids[few:], ConfigState.PAUSED)
        environment = environment_of(stage.deps.settings) | {"TGFORWARD_METRICS_PORT": "0"}
        fleet = Fleet(stage.directory, environment, make_members(1, 1, None))
        stack.push_async_callback(fleet.close)
        fleet.start()
        first = await _watch(stage, few)
        await _set_states(stage.deps, config_ids[few:], ConfigState.ACTIVE)
        return Windows(first, await _watch(stage, size.configs))


async def _set_up(stack: AsyncExitStack, size: Size) -> _Stage:
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tgf-idle-")))
    sandbox = await stack.enter_async_context(sandbox_process(directory / "sandbox", "empty"))
    control = await stack.enter_async_context(SandboxControl(sandbox["host"], sandbox["control_port"]))
    redis, database = redis_server(directory), MariaDb(directory)
    for server in (redis, database):
        stack.push_async_callback(redis.kill if server is redis else database.stop)
        await server.start()
    settings = make_settings(directory, database.url, redis_url(directory), sandbox)
    await upgrade(settings.database_url)
    deps = await stack.enter_async_context(open_deps(settings))
    await build(control, deps, size.sources)
    log = await stack.enter_async_context(StatementLog(database.url))
    return _Stage(size, directory, control, deps, log)


async def _set_states(deps: Deps, config_ids: Collection[ConfigId], state: ConfigState) -> None:
    if config_ids:
        async with deps.session_factory.begin() as session:
            await set_config_states(session, config_ids, state)


async def _watch(stage: _Stage, configs: int) -> Window:
    """After each config has ticked twice: the first tick loads it, the second finds nothing left to do."""
    size = stage.size
    async with asyncio.timeout(BEGIN_S + 10 * size.interval_s):
        wanted = (await count_ticks(stage.directory)).total() + 2 * configs
        while (await count_ticks(stage.directory)).total() < wanted:  # noqa: ASYNC110 - another process's
            await asyncio.sleep(LOOK_EVERY_S)
        await asyncio.sleep(size.interval_s)
        await _next_request(stage.control)
    await stage.log.begin()
    ticks, requests = await count_ticks(stage.directory), await _requests(stage.control)
    await asyncio.sleep((size.intervals + 0.5) * size.interval_s)
    grown = await _requests(stage.control) - requests, await count_ticks(stage.directory) - ticks
    statements = await stage.log.end()
    return Window(dict(grown[1]), dict(grown[0]), dict(statements))


async def _next_request(control: SandboxControl) -> None:
    """A window that begins just behind a request holds as many more as it has whole intervals."""
    before = await _requests(control)
    while await _requests(control) == before:  # noqa: ASYNC110 - another process's
        await asyncio.sleep(LOOK_EVERY_S)


async def _requests(control: SandboxControl) -> Counter[str]:
    found: Counter[str] = Counter()
    for methods in (await control.counters())["requests"].values():
        found.update(methods)
    return found
