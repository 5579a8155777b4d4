"""Celery's beat with its own scheduler, or with RedBeat's; tasks go to Redis, where nobody takes them.

Arguments: `celery` or `redbeat`, the socket of Redis, entries, interval, seconds. Entries are spread over the interval.
"""

import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from celery import Celery  # type: ignore[import-not-found]  # in the environment of the peers
from celery.beat import PersistentScheduler  # type: ignore[import-not-found]
from celery.schedules import schedule  # type: ignore[import-not-found]
from redbeat import RedBeatScheduler, RedBeatSchedulerEntry  # type: ignore[import-not-found]

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.schedule.peer_tally import Tally

SCHEDULERS: dict[str, Any] = {"celery": PersistentScheduler, "redbeat": RedBeatScheduler}


def main(kind: str, socket: str, entries: int, interval_s: int, seconds: int) -> None:
    """Tick as `beat` does, until the window is over."""
    app = Celery(broker=f"redis+socket://{socket}", set_as_current=True)
    app.conf.update(
        redbeat_redis_url=f"unix://{socket}",
        redbeat_lock_key=None,
        beat_schedule_filename=str(Path(socket).with_name("beat")),
    )
    planned = _plan(entries, interval_s)
    if kind == "celery":
        app.conf.beat_schedule = planned
    else:
        for name, fields in planned.items():
            last_run_at = fields.pop("last_run_at")
            entry = RedBeatSchedulerEntry(name, app=app, **fields)
            entry.last_run_at = last_run_at
            entry.save()
    tick(kind, app, Tally(entries, interval_s, seconds), interval_s)


def _plan(entries: int, interval_s: int) -> dict[str, dict[str, Any]]:
    now = datetime.now(timezone.utc)  # noqa: UP017 - what celery knows
    return {
        f"entry{number}": {
            "task": "forward_config",
            "schedule": schedule(timedelta(seconds=interval_s)),
            "args": (number, 1),
            "last_run_at": now - timedelta(seconds=interval_s * number / entries),
        }
        for number in range(entries)
    }


def tick(kind: str, app: Any, tally: Tally, interval_s: int) -> None:
    """Count until the window is over."""
    chosen: Any = SCHEDULERS[kind]

    class Measured(chosen):  # type: ignore[misc]  # no types
        def apply_async(self, entry: Any, *words: Any, **options: Any) -> Any:
            tally.add(entry.last_run_at.timestamp() + interval_s)
            return super().apply_async(entry, *words, **options)

    scheduler = Measured(app=app, schedule_filename=app.conf.beat_schedule_filename)
    tally.begin_after(interval_s)
    while time.time() < tally.end:
        delay = scheduler.tick()
        if delay > 0:
            time.sleep(min(delay, 1.0))
    tally.write()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
