"""`python -m benchmarks.simulate.job_cost`: what Redis spends on the claim and the finish of a job."""

import asyncio
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from arq.utils import timestamp_ms
from arq.worker import func

from benchmarks.chaos.stores import redis_server
from benchmarks.enqueue.timing import emptied, timed
from benchmarks.enqueue.ways import LANES, make_slots, queued
from tgforward.forwarding.outcomes import Done
from tgforward.queue.connect import Redis
from tgforward.queue.lane_worker import LaneWorker
from tgforward.queue.names import FUNCTION, lane_queue
from tgforward.queue.slots import enqueue_slots
from tgforward.types import AccountId

JOBS = 20_000
JOBS_PER_LANE = 20  # as it is set by default
MOST_S = 120


async def main() -> None:
    """Work off what is due in all lanes, in one process."""
    with tempfile.TemporaryDirectory(prefix="tgf-jobs-") as name:
        server = redis_server(Path(name))
        await server.start()
        try:
            async with emptied(Path(name) / "redis.sock") as redis:
                await enqueue_slots(redis, make_slots(JOBS, timestamp_ms() - 2000))
                seconds, redis_s = await timed(redis, lambda: _work(redis))
        finally:
            await server.kill()
    sys.stdout.write(f"{JOBS / seconds:.0f} jobs/s, {redis_s / JOBS * 1e6:.1f} us of Redis for each\n")


async def _work(redis: Redis) -> None:
    workers = [
        LaneWorker(
            [func(_nothing, name=FUNCTION)],
            redis_pool=redis,
            queue_name=lane_queue(AccountId(lane)),
            max_jobs=JOBS_PER_LANE,
            job_timeout=timedelta(seconds=60),
            poll_delay=timedelta(seconds=5),
        )
        for lane in range(LANES)
    ]
    tasks = [asyncio.create_task(worker.async_run()) for worker in workers]
    async with asyncio.timeout(MOST_S):
        while await queued(redis):  # noqa: ASYNC110 - Redis tells
            await asyncio.sleep(0.05)
    for worker in workers:
        await worker.close()
    await asyncio.gather(*tasks)


async def _nothing(ctx: dict[Any, Any], *args: Any, **kwargs: Any) -> Done:  # noqa: ARG001 - as arq calls it
    return Done()


if __name__ == "__main__":
    asyncio.run(main())
