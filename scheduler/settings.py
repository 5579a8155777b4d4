"""What arq is told about the scheduler process."""

import socket
from datetime import timedelta
from functools import cache
from typing import Any

from arq import cron

from scheduler.chores import prune_runs
from scheduler.lifecycle import shutdown, startup
from tgforward.queue.codec import deserialize, serialize
from tgforward.queue.connect import redis_settings
from tgforward.queue.names import SCHEDULER_QUEUE
from tgforward.services.startup import start_process
from tgforward.settings import Settings

PATIENCE = timedelta(minutes=5)  # so long arq's own loop waits for a Redis that is away
HEALTH_CHECK_S = 10  # `python -m arq … --check` asks whether this was renewed


@cache
def scheduler_settings() -> type[Any]:
    """The class that arq reads; made once per process."""
    return start_process(_build, needs_telegram=False)


def _build(settings: Settings, url: str) -> type[Any]:
    """Start-up starts the ticker; the cron jobs are chores. Schedules never run on arq's cron."""
    values = {
        "cron_jobs": (cron(prune_runs, minute=17),),
        "queue_name": SCHEDULER_QUEUE,
        "on_startup": startup,
        "on_shutdown": shutdown,
        "redis_settings": redis_settings(url, patience=PATIENCE),
        "job_serializer": serialize,
        "job_deserializer": deserialize,
        "keep_result": 0,
        "log_results": False,
        "health_check_interval": HEALTH_CHECK_S,
        "health_check_key": f"{SCHEDULER_QUEUE}:health-check:{socket.gethostname()}",
        "ctx": {"settings": settings},
    }
    return type("SchedulerSettings", (), values)  # arq reads `__dict__`: nothing may be inherited
