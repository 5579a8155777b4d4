"""The worker process: jobs -> Telegram calls. `python -m arq worker.WorkerSettings`."""

from typing import Any

from worker.settings import worker_settings


def __getattr__(name: str) -> Any:
    """`WorkerSettings` is made when arq asks for it: importing this package reads and connects nothing."""
    if name == "WorkerSettings":
        return worker_settings()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
