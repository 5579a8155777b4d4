"""What arq is told about the worker process."""

import socket
from datetime import timedelta
from functools import cache
from typing import Any

from tgforward.queue.codec import deserialize, serialize
from tgforward.queue.connect import redis_settings
from tgforward.queue.names import DEFAULT_QUEUE
from tgforward.services.startup import start_process
from tgforward.settings import Settings
from worker.jobs import forward_config
from worker.lifecycle import shutdown, startup

PATIENCE = timedelta(minutes=5)  # so long arq's own loop waits for a Redis that is away
HEALTH_CHECK_S = 10  # `python -m arq … --check` asks whether this was renewed


@cache
def worker_settings() -> type[Any]:
    """The class that arq reads; made once per process."""
    return start_process(_build, needs_telegram=True)


def _build(settings: Settings, url: str) -> type[Any]:
    """Routes jobs from arq's default queue to their lanes, which are worked off beside it."""
    values = {
        "functions": (forward_config,),
        "queue_name": DEFAULT_QUEUE,
        "on_startup": startup,
        "on_shutdown": shutdown,
        "redis_settings": redis_settings(url, patience=PATIENCE),
        "job_serializer": serialize,
        "job_deserializer": deserialize,
        "keep_result": 0,
        "log_results": False,
        "health_check_interval": HEALTH_CHECK_S,
        "health_check_key": f"{DEFAULT_QUEUE}:health-check:{socket.gethostname()}",
        "ctx": {"settings": settings},
    }
    return type("WorkerSettings", (), values)  # arq reads `__dict__`: nothing may be inherited
