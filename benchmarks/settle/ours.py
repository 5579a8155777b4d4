"""Ours: a process that owns ten lanes and keeps the books of one run for each config, in three rounds.

`cold`: tasks that load their configs. `warm`: tasks that know them, as a worker does until one is edited. `queued`: the
same as jobs, through Redis and the workers of the lanes. The last line of its output is one JSON object.
"""

import asyncio
import base64
import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import uvloop
from arq.worker import func
from pydantic import SecretStr

from benchmarks.settle.bookkeeping import VERSION, keep_books
from benchmarks.settle.scene import FIRST_MESSAGE
from tgforward.db.engine import create_engine
from tgforward.db.leases import list_owners
from tgforward.db.session import SessionFactory, reading, session_factory
from tgforward.logs import configure_logging
from tgforward.queue.connect import Redis, connect
from tgforward.queue.lane_worker import LaneWorker
from tgforward.queue.names import FUNCTION, lane_queue
from tgforward.queue.slots import SlotEntry, enqueue_slots
from tgforward.services.deps import Deps
from tgforward.services.lane import Lane
from tgforward.services.vault import open_vault
from tgforward.settings import Settings
from tgforward.types import ConfigId, MessageId

FOR_EVER = float("inf")
LOOK_EVERY_S = 0.001


async def main(url: str, redis_socket: str, tasks: int, messages: int) -> None:
    """Print how long each round took."""
    engine, redis = create_engine(url), await connect(f"unix://{redis_socket}")
    lanes = await _own_lanes(session_factory(engine), redis, Path(redis_socket).parent)
    rounds: dict[str, Callable[[MessageId], Awaitable[None]]] = {
        "cold": lambda first: _as_tasks(lanes, tasks, first, messages),
        "warm": lambda first: _as_tasks(lanes, tasks, first, messages),
        "queued": lambda first: _as_jobs(lanes, tasks, first, messages),
    }
    seconds: dict[str, float] = {}
    for number, (name, work) in enumerate(rounds.items()):
        started = time.perf_counter()
        await work(MessageId(FIRST_MESSAGE + number * messages))
        seconds[name] = time.perf_counter() - started
    sys.stdout.write(json.dumps(seconds) + "\n")
    await redis.aclose()
    await engine.dispose()


async def _own_lanes(factory: SessionFactory, redis: Redis, directory: Path) -> list[Lane]:
    """In the order in which configs were dealt out to them."""
    values = {"data_dir": directory, "secret_key": SecretStr(base64.b64encode(b"k" * 32).decode())}
    settings = Settings.model_validate(values)
    deps = Deps(settings, factory, redis, open_vault(settings), None)
    async with reading(factory) as session:
        leases = [owner.lease for owner in await list_owners(session)]
    return [Lane(deps, lease.account_id, lease.token, FOR_EVER) for lease in sorted(leases)]


async def _as_tasks(lanes: Sequence[Lane], tasks: int, first: MessageId, messages: int) -> None:
    """As many at a time as all lanes together may run."""
    waiting = iter(range(1, tasks + 1))

    async def work_off() -> None:
        for number in waiting:
            await keep_books(lanes[number % len(lanes)], ConfigId(number), first, messages)

    at_once = len(lanes) * lanes[0].deps.settings.jobs_per_lane
    await asyncio.gather(*(work_off() for _ in range(at_once)))


async def _as_jobs(lanes: Sequence[Lane], tasks: int, first: MessageId, messages: int) -> None:
    """Enqueued as the scheduler does; over when the queues are empty."""
    workers = [_worker(lane, first, messages) for lane in lanes]
    running = [asyncio.create_task(worker.async_run()) for worker in workers]
    redis, now_ms = lanes[0].deps.redis, int(time.time() * 1000)
    accounts = [lane.account_id for lane in lanes]
    slots = [
        SlotEntry(ConfigId(number), VERSION, accounts[number % len(lanes)], now_ms) for number in range(1, tasks + 1)
    ]
    await enqueue_slots(redis, slots)
    queues = [lane_queue(account_id) for account_id in accounts]
    while await redis.exists(*queues):  # noqa: ASYNC110 - another process tells: Redis
        await asyncio.sleep(LOOK_EVERY_S)
    for worker, task in zip(workers, running, strict=True):
        await worker.close()
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


def _worker(lane: Lane, first: MessageId, messages: int) -> LaneWorker:
    async def forward(ctx: dict[str, Any], config_id: int, version: int) -> None:
        del ctx, version
        await keep_books(lane, ConfigId(config_id), first, messages)

    settings = lane.deps.settings
    return LaneWorker(
        [func(forward, name=FUNCTION)],
        redis_pool=lane.deps.redis,
        queue_name=lane_queue(lane.account_id),
        job_timeout=settings.job_timeout,
        max_jobs=settings.jobs_per_lane,
    )


if __name__ == "__main__":
    configure_logging("warning", "json", stream=sys.stderr)
    database_url, socket, *numbers = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(database_url, socket, *map(int, numbers)))
