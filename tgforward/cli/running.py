"""What every command needs to run: its event loop, its settings, and who is at the keyboard."""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from tgforward.logs import configure_logging
from tgforward.services.database import Database, open_database, prepare_database
from tgforward.settings import Settings, load_settings

if TYPE_CHECKING:
    from tgforward.services.deps import Deps

T = TypeVar("T")


def with_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """The result of `work`, done with the database alone; Redis and Telegram are not needed, not even imported."""
    return asyncio.run(_with_database(load_cli_settings(), work))


def with_deps(work: Callable[["Deps"], Awaitable[T]]) -> T:
    """The result of `work`, done with the database, Redis and Telegram of this installation."""
    return asyncio.run(_with_deps(load_cli_settings(), work))


def load_cli_settings() -> Settings:
    """The settings of a command, whose log only has what a person must know."""
    settings = load_settings()
    configure_logging("warning", settings.log_format, stream=sys.stderr)
    return settings


def actor() -> str:
    """Who changes something, for the audit log."""
    return f"cli:{getpass.getuser()}"


def given(**options: Any) -> dict[str, Any]:
    """The options that were typed."""
    return {name: value for name, value in options.items() if value is not None}


async def _with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    await prepare_database(settings)
    async with open_database(settings) as factory:
        return await work(Database(factory))


async def _with_deps(settings: Settings, work: Callable[["Deps"], Awaitable[T]]) -> T:
    from tgforward.services.deps import open_deps  # arq and Telethon take 0.4 s to import

    await prepare_database(settings)
    async with open_deps(settings) as deps:
        return await work(deps)
