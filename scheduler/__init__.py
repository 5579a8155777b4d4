"""The scheduler process: time -> jobs. `python -m arq scheduler.SchedulerSettings`."""

from typing import Any

from scheduler.settings import scheduler_settings


def __getattr__(name: str) -> Any:
    """`SchedulerSettings` is made when arq asks for it: importing this package reads and connects nothing."""
    if name == "SchedulerSettings":
        return scheduler_settings()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
