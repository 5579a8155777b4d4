"""What arq is told about the worker process."""

from functools import cache
from typing import Any

from tgforward.queue.codec import deserialize, serialize
from tgforward.queue.connect import redis_settings
from tgforward.queue.health import health_keys
from tgforward.queue.names import DEFAULT_QUEUE
from tgforward.queue.shell import shell_redis
from tgforward.services.startup import start_process
from tgforward.settings import Settings
from worker.jobs import forward_config
from worker.lifecycle import startup


@cache
def worker_settings() -> type[Any]:
    """The class that arq reads; made once per process."""
    return start_process(_build, needs_telegram=True)


def _build(settings: Settings, url: str) -> type[Any]:
    """Jobs on arq's default queue are routed to their lanes, which are worked off beside it: see `startup`."""
    keys = health_keys(DEFAULT_QUEUE)
    values = {
        "functions": (forward_config,),
        "queue_name": DEFAULT_QUEUE,
        "on_startup": startup,
        "redis_pool": shell_redis(url),
        "redis_settings": redis_settings(url),  # for `python -m arq … --check`
        "job_serializer": serialize,
        "job_deserializer": deserialize,
        "keep_result": 0,
        "health_check_key": keys.of_host,
        "ctx": {"settings": settings, "health_keys": keys},
    }
    return type("WorkerSettings", (), values)  # arq reads `__dict__`: nothing may be inherited
