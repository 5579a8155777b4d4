"""What every command needs to run: its event loop, its settings, and who is at the keyboard."""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from tgforward.logs import configure_logging
from tgforward.services.database import prepare_database
from tgforward.services.deps import Deps, open_deps
from tgforward.settings import Settings, load_settings

T = TypeVar("T")


def with_deps(work: Callable[[Deps], Awaitable[T]]) -> T:
    """The result of `work`, done with the database, Redis and Telegram of this installation."""
    settings = load_settings()
    configure_logging("warning", settings.log_format, stream=sys.stderr)
    return asyncio.run(_with_deps(settings, work))


def actor() -> str:
    """Who changes something, for the audit log."""
    return f"cli:{getpass.getuser()}"


def given(**options: Any) -> dict[str, Any]:
    """The options that were typed."""
    return {name: value for name, value in options.items() if value is not None}


async def _with_deps(settings: Settings, work: Callable[[Deps], Awaitable[T]]) -> T:
    await prepare_database(settings)
    async with open_deps(settings) as deps:
        return await work(deps)
