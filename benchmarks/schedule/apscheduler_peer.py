"""APScheduler with its job store in Redis; the jobs do nothing.

Arguments: `apscheduler`, the socket of Redis, entries, interval, seconds. Entries are spread over the interval.
"""

import logging
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-not-found]  # in the environment of the peers
from apscheduler.jobstores.redis import RedisJobStore  # type: ignore[import-not-found]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-not-found]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-not-found]

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.schedule.peer_tally import Tally

UTC = timezone.utc  # noqa: UP017 - what APScheduler knows


def forward_config(number: int, version: int) -> None:
    """Nothing: how late it is begun was noted before."""


def main(socket: str, entries: int, interval_s: int, seconds: int) -> None:
    """Add the entries, and run until the window is over."""
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    tally: list[Tally] = []

    class Measured(ThreadPoolExecutor):  # type: ignore[misc]  # no types
        def submit_job(self, job: Any, run_times: Any) -> None:
            if tally:
                tally[0].add(job.next_run_time.timestamp())
            super().submit_job(job, run_times)

    store = RedisJobStore(unix_socket_path=socket)
    scheduler = BackgroundScheduler(
        jobstores={"default": store},
        executors={"default": Measured(10)},
        job_defaults={"coalesce": True, "misfire_grace_time": None},
        timezone=UTC,
    )
    scheduler.start(paused=True)
    now = datetime.now(UTC)
    for number in range(entries):
        first = now + timedelta(seconds=interval_s * number / entries)
        trigger = IntervalTrigger(seconds=interval_s, start_date=first, timezone=UTC)
        scheduler.add_job(forward_config, trigger, args=(number, 1), next_run_time=first + _whole(now, interval_s))
    tally.append(Tally(entries, interval_s, seconds))
    scheduler.resume()
    time.sleep(max(0.0, tally[0].end - time.time()))
    tally[0].write()
    sys.stdout.flush()
    scheduler.shutdown(wait=False)


def _whole(begun: datetime, interval_s: int) -> timedelta:
    """Whole intervals, so many that the first run is not behind us: adding takes a while."""
    passed_s = (datetime.now(UTC) - begun).total_seconds()
    return timedelta(seconds=interval_s * (1 + passed_s // interval_s))


if __name__ == "__main__":
    main(sys.argv[2], *map(int, sys.argv[3:]))
