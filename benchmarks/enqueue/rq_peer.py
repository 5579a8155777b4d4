"""The peer: rq's `enqueue_many`. Arguments: the socket of Redis, and how many jobs."""

import json
import sys
import time
from typing import Any

from redis import Redis
from rq import Queue  # type: ignore[import-not-found]  # in the environment of the peers

BATCH = 500  # as ours; 5,000 were no faster


def main(socket: str, jobs: int) -> None:
    """Enqueue so many jobs, and print how long it took."""
    redis = Redis(unix_socket_path=socket)
    queue = Queue("peer", connection=redis)
    cpu_s, started = _cpu_s(redis), time.perf_counter()
    for start in range(0, jobs, BATCH):
        numbers = range(start, min(start + BATCH, jobs))
        queue.enqueue_many(
            [Queue.prepare_data("forward_config", (number, 1), job_id=f"forward-{number}") for number in numbers]
        )
    answer = {"seconds": time.perf_counter() - started, "redis_s": _cpu_s(redis) - cpu_s}
    sys.stdout.write(json.dumps(answer) + "\n")


def _cpu_s(redis: Redis) -> float:
    used: Any = redis.info("cpu")
    return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
