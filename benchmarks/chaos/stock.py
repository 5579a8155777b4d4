"""For comparison: how long stock arq leaves the job of a killed worker alone, on the same Redis."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from arq import ArqRedis, create_pool
from arq.connections import RedisSettings

from benchmarks.chaos.fleet import clean_environment
from benchmarks.chaos.stock_worker import JOB_TIMEOUT_S, QUEUE, STARTS
from tgforward.demo.stage import child

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = JOB_TIMEOUT_S + 25.0  # arq says job_timeout + 10 s; starting takes a while too
LOOK_EVERY_S = 0.05


async def measure_stock_arq(directory: Path) -> float | None:
    """Seconds from kill -9 of a stock arq worker until another one runs its job; None if that takes too long."""
    pool = await create_pool(RedisSettings(unix_socket_path=str(directory / "redis.sock")), default_queue_name=QUEUE)
    try:
        await pool.enqueue_job("work")
        async with asyncio.timeout(LIMIT_S), _worker(directory) as process:
            await _begun(pool, 1)
            process.kill()
            killed_at = time.time()
            async with _worker(directory):
                return await _begun(pool, 2) - killed_at
    except TimeoutError:
        return None
    finally:
        await pool.aclose()


@asynccontextmanager
async def _worker(directory: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", "arq", "benchmarks.chaos.stock_worker.WorkerSettings"]
    environment = clean_environment() | {"PYTHONPATH": str(ROOT)}
    with (directory / "stock.log").open("ab") as log:
        output = os.dup(log.fileno())
        async with child(command, environment, stdout=output, stderr=output, cwd=directory) as process:
            try:
                yield process
            finally:
                if process.returncode is None:
                    process.kill()  # its job hangs: SIGTERM would be waited for
                os.close(output)


async def _begun(pool: ArqRedis, times: int) -> float:
    starts: list[bytes] = []
    while len(starts) < times:
        await asyncio.sleep(LOOK_EVERY_S)
        starts = await pool.lrange(STARTS, 0, -1)  # type: ignore[misc]  # redis-py: one signature for both of its kinds
    return float(starts[times - 1])
