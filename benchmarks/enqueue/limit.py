"""Redis's own limit: nothing but ZADD and PSETEX for each job, sent by redis-benchmark."""

import asyncio
import csv
import shutil
from asyncio.subprocess import PIPE
from pathlib import Path

from benchmarks.enqueue.timing import Taken, emptied, redis_cpu_s
from tgforward.errors import TgforwardError
from tgforward.queue.enqueue import EXPIRES_MS, payload
from tgforward.queue.names import FUNCTION
from tgforward.queue.slots import BATCH, IN_FLIGHT

QUEUE = "pairs"
JOB = "forward:__rand_int__"  # a number of 12 digits


async def pairs(socket: Path, jobs: int) -> Taken:
    """As many of both commands as there are jobs, in batches like ours.

    Raises:
        TgforwardError: redis-benchmark is not installed.
    """
    async with emptied(socket) as redis:
        cpu_s = await redis_cpu_s(redis)
        psetex = ["PSETEX", f"arq:job:{JOB}", str(EXPIRES_MS), "x" * len(payload(FUNCTION, (jobs, 1)))]
        seconds = [await _seconds(socket, jobs, words) for words in (["ZADD", QUEUE, "1", JOB], psetex)]
        return Taken(jobs, jobs, sum(seconds), await redis_cpu_s(redis) - cpu_s)


async def _seconds(socket: Path, jobs: int, words: list[str]) -> float:
    """What so many requests of one command take; random numbers make a third of them repetitions."""
    options = {"-s": socket, "-n": jobs, "-c": IN_FLIGHT, "-P": BATCH, "-r": jobs}
    command = [_find(), *(str(word) for option in options.items() for word in option), "--csv", *words]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    output, _ = await process.communicate()
    (row,) = csv.DictReader(output.decode().splitlines())
    return jobs / float(row["rps"])


def _find() -> str:
    found = shutil.which("redis-benchmark")
    if found is None:
        raise TgforwardError("redis-benchmark was not found: `apt install redis-tools`")
    return found
