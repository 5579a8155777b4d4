"""One run: a database full of configs, a Redis, the scheduler's own process, and whoever takes the jobs."""

import asyncio
import base64
import json
import secrets
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from benchmarks.chaos.fleet import clean_environment
from benchmarks.chaos.stores import MariaDb, SqliteFile, redis_server, redis_url
from benchmarks.enqueue.timing import redis_cpu_s
from benchmarks.schedule.drain import drain
from benchmarks.schedule.lateness import Lateness, percentiles
from benchmarks.schedule.scene import set_up
from tgforward.db.configs import set_config_states
from tgforward.db.engine import Engine, create_engine
from tgforward.db.migrate import upgrade
from tgforward.db.models import ConfigState
from tgforward.db.session import session_factory
from tgforward.db.transaction import in_transaction
from tgforward.demo.stage import child
from tgforward.errors import TgforwardError
from tgforward.queue.connect import Redis, connect
from tgforward.types import ConfigId

EDITS = 5
LOAD_S, LOOK_EVERY_S = 120.0, 0.05
SETTLE_S = 5.0
"""After one interval the arrears are behind us."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    configs: int
    interval_s: int
    seconds: int
    runs: int
    db: str


@dataclass(frozen=True, slots=True)
class Found:
    """What one run has shown."""

    slots: int
    late_ms: dict[int, float]
    """Percentiles."""
    doubled: int
    missed: int
    load_s: float
    edits_s: list[float]
    """From each edit's commit until the job that it brings."""
    scheduler_cores: float
    scheduler_mb: float
    redis_cores: float
    redis_mb: float


async def measure(size: Size) -> Found:
    """One run with everything new."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tgf-schedule-")))
        server = redis_server(directory)
        stack.push_async_callback(server.kill)
        await server.start()
        redis = await connect(redis_url(directory))
        stack.push_async_callback(redis.aclose)
        database = MariaDb(directory) if size.db == "mysql" else SqliteFile(directory / "tgforward.db")
        stack.push_async_callback(database.stop)
        await database.start()
        await upgrade(database.url)
        engine = create_engine(database.url)
        stack.push_async_callback(engine.dispose)
        accounts = await set_up(engine, size.configs, EDITS, size.interval_s)
        lateness = Lateness(size.configs)
        draining = asyncio.create_task(drain(redis, accounts, lateness))
        stack.callback(draining.cancel)
        log = directory / "scheduler.log"
        environment = clean_environment() | {
            "TGFORWARD_DB_URL": database.url,
            "TGFORWARD_REDIS_URL": redis_url(directory),
            "TGFORWARD_DATA_DIR": str(directory),
            "TGFORWARD_LOG_FORMAT": "json",
            "TGFORWARD_SECRET_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        command = [sys.executable, "-m", "arq", "scheduler.SchedulerSettings"]
        with log.open("wb") as lines:
            process = await stack.enter_async_context(child(command, environment, stdout=lines.fileno(), stderr=lines))
            load_s = await _loaded(log)
            return await _watch(size, psutil.Process(process.pid), redis, engine, lateness, load_s)


async def _loaded(log: Path) -> float:
    """How long the scheduler took to read all configs, in its own words."""
    async with asyncio.timeout(LOAD_S):
        while True:
            for line in log.read_text().splitlines():  # noqa: ASYNC240 - a few lines
                if "schedule_loaded" in line:
                    return float(json.loads(line)["seconds"])
                if "error" in line:
                    raise TgforwardError(f"the scheduler did not start: {line}")
            await asyncio.sleep(LOOK_EVERY_S)


async def _watch(
    size: Size, scheduler: psutil.Process, redis: Redis, engine: Engine, lateness: Lateness, load_s: float
) -> Found:
    settle_s = min(SETTLE_S, size.interval_s)
    await asyncio.sleep(size.interval_s + settle_s)
    started, redis_s, cpu_s = time.time(), await redis_cpu_s(redis), _cpu_s(scheduler)
    begin_ms = int(started * 1000) + 100
    lateness.open(begin_ms, begin_ms + size.seconds * 1000)
    edits_s = await _edit(size, engine, lateness)
    await asyncio.sleep(max(0.0, started + size.seconds - time.time()))
    seconds = time.time() - started
    cpu_s, redis_s = _cpu_s(scheduler) - cpu_s, await redis_cpu_s(redis) - redis_s
    memory = scheduler.memory_info().rss
    await asyncio.sleep(settle_s)  # what is late may still come
    return Found(
        slots=len(lateness.late_ms),
        late_ms=percentiles(lateness.late_ms),
        doubled=lateness.doubled,
        missed=lateness.missed(size.interval_s * 1000),
        load_s=load_s,
        edits_s=edits_s,
        scheduler_cores=cpu_s / seconds,
        scheduler_mb=memory / 2**20,
        redis_cores=redis_s / seconds,
        redis_mb=(await redis.info("memory"))["used_memory_rss"] / 2**20,
    )


async def _edit(size: Size, engine: Engine, lateness: Lateness) -> list[float]:
    """Resume paused configs, one after the other; each has a slot that nobody has taken, and comes at once."""
    found = []
    for number in range(size.configs + 1, size.configs + EDITS + 1):
        resume = partial(set_config_states, config_ids=[ConfigId(number)], state=ConfigState.ACTIVE)
        await in_transaction(session_factory(engine), resume)
        edited_ms = time.time() * 1000
        async with asyncio.timeout(size.seconds):
            while number not in lateness.came_at_ms:  # noqa: ASYNC110 - another loop fills it
                await asyncio.sleep(LOOK_EVERY_S)
        found.append((lateness.came_at_ms[number] - edited_ms) / 1000)
        await asyncio.sleep(size.seconds / EDITS / 4)
    return found


def _cpu_s(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)
