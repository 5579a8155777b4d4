"""What arq is told about the scheduler process."""

from functools import cache
from typing import Any

from scheduler.chores import CHORES
from scheduler.lifecycle import startup
from tgforward.queue.codec import deserialize, serialize
from tgforward.queue.connect import redis_settings
from tgforward.queue.health import health_keys
from tgforward.queue.names import SCHEDULER_QUEUE
from tgforward.queue.shell import shell_redis
from tgforward.services.startup import start_process
from tgforward.settings import Settings


@cache
def scheduler_settings() -> type[Any]:
    """The class that arq reads; made once per process."""
    return start_process(_build, needs_telegram=False)


def _build(settings: Settings, url: str) -> type[Any]:
    """Start-up starts the ticker and the chores; schedules never run on arq's cron."""
    keys = health_keys(SCHEDULER_QUEUE)
    values = {
        "cron_jobs": CHORES,
        "queue_name": SCHEDULER_QUEUE,
        "on_startup": startup,
        "redis_pool": shell_redis(url),
        "redis_settings": redis_settings(url),  # for `python -m arq … --check`
        "job_serializer": serialize,
        "job_deserializer": deserialize,
        "keep_result": 0,
        "health_check_key": keys.of_host,
        "ctx": {"settings": settings, "health_keys": keys},
    }
    return type("SchedulerSettings", (), values)  # arq reads `__dict__`: nothing may be inherited
