"""One crash test from an empty directory to its findings."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.chaos.editing import Edits
from benchmarks.chaos.fleet import Fleet, make_members
from benchmarks.chaos.judging import Judge
from benchmarks.chaos.killing import Killing
from benchmarks.chaos.mischief import Mischief
from benchmarks.chaos.network import Network
from benchmarks.chaos.observer import Observer
from benchmarks.chaos.options import Options
from benchmarks.chaos.outages import Outages
from benchmarks.chaos.posting import Editor
from benchmarks.chaos.report import Findings
from benchmarks.chaos.scene import Scene, make_scene
from benchmarks.chaos.schedule import draw
from benchmarks.chaos.stage import add_configs, build_world, environment_of, log_in, make_settings
from benchmarks.chaos.stock import measure_stock_arq
from benchmarks.chaos.stores import Database, MariaDb, Server, SqliteFile, redis_server, redis_url
from benchmarks.chaos.traps import Traps
from tgforward.db.accounts import list_accounts
from tgforward.db.configs import list_configs
from tgforward.db.migrate import upgrade
from tgforward.db.models import TelegramAccount, TGForwardConfig
from tgforward.db.session import reading
from tgforward.demo.stage import sandbox_process
from tgforward.errors import TgforwardError
from tgforward.sandbox.control_client import SandboxControl
from tgforward.services.deps import Deps, open_deps

HISTORY = 0.1  # the share of all messages that stands in the sources before the first run
BEGIN_S = 60.0
QUIET_S = 20.0  # if nothing arrives for so long, nothing will
SABOTAGED_QUIET_S = 6.0  # then something will be missing
LOOK_EVERY_S = 0.2

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class House:
    """What stands before the product's processes start."""

    directory: Path
    sandbox: dict[str, Any]
    controls: tuple[SandboxControl, SandboxControl, SandboxControl]
    redis: Server
    database: Database
    deps: Deps


async def perform(options: Options, say: Say) -> Findings:
    """The whole test; whatever happens, no process and no directory stays behind."""
    started = time.monotonic()
    async with AsyncExitStack() as stack:
        house = await _build_house(options, stack)
        play = await Play.prepare(options, house, say)
        stack.push_async_callback(play.fleet.close)
        async with asyncio.timeout(options.limit_s), asyncio.TaskGroup() as group:
            observing = group.create_task(play.observer.run())
            await play.run()
            stock = await play.settle()
            observing.cancel()
        await play.fleet.close()
        return await play.find(stock, time.monotonic() - started)


@dataclass(slots=True)
class Play:
    """Posting, failing and settling."""

    options: Options
    house: House
    say: Say
    scene: Scene
    editor: Editor
    fleet: Fleet
    observer: Observer
    mischief: Mischief
    judge: Judge

    @classmethod
    async def prepare(cls, options: Options, house: House, say: Say) -> "Play":
        """Chats, history, log-ins and configs."""
        posting, watching, failing = house.controls
        scene = make_scene(options.accounts)
        await build_world(posting, scene)
        await log_in(house.deps, posting, scene)
        editor = Editor(posting, scene, Random(f"posts {options.seed}"))
        await editor.post_until(int(options.messages * HISTORY))
        configs = await add_configs(house.deps, scene, editor.posted)
        members = make_members(options.workers, options.schedulers, options.sabotage)
        fleet = Fleet(house.directory, environment_of(house.deps.settings), members)
        observer = Observer(house.deps, watching, fleet)
        history = {source: len(posted) for source, posted in editor.posted.items()}
        traps, calm = Traps(failing), asyncio.Lock()
        mischief = Mischief(
            Killing(fleet, observer, traps, calm, house.database),
            Outages(house.directory, fleet, observer, house.redis, house.database, calm),
            Network(scene, fleet, observer, failing, traps, calm),
            Edits(house.deps, scene, configs),
        )
        judge = Judge(posting, scene, house.deps, configs, editor.posted, history)
        return cls(options, house, say, scene, editor, fleet, observer, mischief, judge)

    async def run(self) -> None:
        """Everything fails while the sources grow."""
        options = self.options
        self.fleet.start()
        self.say(f"{len(self.judge.configs)} configs; {options.duration_s:.0f} s of failures begin")
        streams = draw(options)
        end = asyncio.get_running_loop().time() + options.duration_s
        async with asyncio.TaskGroup() as group:
            group.create_task(self.mischief.run(streams.values()))
            group.create_task(self._post(end))
            group.create_task(self._tell(end))
        await self.house.controls[2].clear_faults()

    async def settle(self) -> float | None:
        """No more failures: everything arrives, and stock arq has its turn on the same Redis."""
        self.say("failures have ended; waiting for what is under way")
        async with asyncio.TaskGroup() as group:
            group.create_task(self.judge.wait_until_arrived(SABOTAGED_QUIET_S if self.options.sabotage else QUIET_S))
            stock = group.create_task(self._measure_stock_arq())
        return stock.result()

    async def find(self, stock: float | None, duration_s: float) -> Findings:
        """Compare the journals."""
        counters = await self.house.controls[1].counters()
        verdict = await self.judge.judge()
        await self._tell_troubles()
        return Findings(
            options=self.options,
            verdict=verdict,
            posted=self.editor.messages,
            edited=self.editor.edited,
            deleted=self.editor.deleted,
            sessions_used_twice=counters["sessions_used_twice"],
            flood_violations=counters["flood_violations"],
            unknown_methods=counters["unknown_methods"],
            processes_ended=self.fleet.ended,
            kills={str(role): count for role, count in self.mischief.killing.killed.items()},
            faults={str(kind): count for kind, count in self.mischief.done.items()},
            caught=dict(self.mischief.killing.traps.sprung),
            edits_refused=len(self.mischief.edits.refused),
            frozen_with_database=self.mischief.killing.held,
            recoveries=self.observer.recoveries,
            stock_arq_recovery_s=stock,
            duration_s=duration_s,
        )

    async def _measure_stock_arq(self) -> float | None:
        return await measure_stock_arq(self.house.directory) if self.options.with_stock_arq else None

    async def _post(self, end: float) -> None:
        """The windows are fixed by the first runs; what is posted after them is live, for every config."""
        loop = asyncio.get_running_loop()
        latest = loop.time() + BEGIN_S
        while not await self._have_begun():
            if loop.time() > latest:
                raise TgforwardError(f"no run of some config came through within {BEGIN_S:g} s: read the logs (--keep)")
            await asyncio.sleep(LOOK_EVERY_S)
        await self.editor.post_over(self.options.messages, max(5.0, end - loop.time()))

    async def _have_begun(self) -> bool:
        try:
            async with reading(self.house.deps.session_factory) as session:
                configs = await list_configs(session)
        except TgforwardError:
            return False
        return all(config.live_cursor is not None for config in configs)

    async def _tell(self, end: float) -> None:
        loop = asyncio.get_running_loop()
        while loop.time() < end:
            await asyncio.sleep(5)
            kills = sum(self.mischief.killing.killed.values())
            self.say(
                f"{max(0.0, end - loop.time()):4.0f} s left: {self.editor.messages} messages posted, {kills} kills"
            )

    async def _tell_troubles(self) -> None:
        async with reading(self.house.deps.session_factory) as session:
            rows: list[TelegramAccount | TGForwardConfig] = [*await list_accounts(session)]
            rows += await list_configs(session)
        for row in rows:
            if row.state_reason is not None:
                self.say(f"{row.name} is {row.state}: {row.state_reason}")
        for refused in self.mischief.edits.refused:
            self.say(f"edit refused: {refused}")


async def _build_house(options: Options, stack: AsyncExitStack) -> House:
    directory = stack.enter_context(_directory(options))
    sandbox = await stack.enter_async_context(sandbox_process(directory / "sandbox", "empty"))
    controls = [
        await stack.enter_async_context(SandboxControl(sandbox["host"], sandbox["control_port"])) for _ in range(3)
    ]
    redis = redis_server(directory)
    stack.push_async_callback(redis.kill)
    await redis.start()
    database = MariaDb(directory) if options.db == "mysql" else SqliteFile(directory / "tgforward.db")
    stack.push_async_callback(database.stop)
    await database.start()
    settings = make_settings(directory, database.url, redis_url(directory), sandbox)
    await upgrade(settings.database_url)
    deps = await stack.enter_async_context(open_deps(settings))
    return House(directory, sandbox, (controls[0], controls[1], controls[2]), redis, database, deps)


@contextmanager
def _directory(options: Options) -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="tgf-chaos-"))  # short: a socket's path has about 100 bytes
    try:
        yield directory
    finally:
        if options.keep is not None:
            shutil.copytree(directory, options.keep, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock"))
        shutil.rmtree(directory, ignore_errors=True)
