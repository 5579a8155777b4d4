"""What a process checks before it starts, so that a person reads one sentence and no traceback."""

import asyncio
import atexit
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import NoReturn, TypeVar

import uvloop

from tgforward.errors import TgforwardError
from tgforward.logs import configure_logging
from tgforward.queue.connect import connect
from tgforward.services.database import open_database, prepare_database
from tgforward.services.redis_url import redis_url
from tgforward.services.vault import open_vault
from tgforward.settings import Settings, load_settings, require_api

T = TypeVar("T")


def start_process(build: Callable[[Settings, str], T], *, needs_telegram: bool) -> T:
    """What `build` makes of the settings and Redis's URL, once everything that the process needs was seen to work.

    The private Redis (where none is configured) runs until this process ends. Ends the process with one sentence if
    something is missing.
    """
    try:
        settings = load_settings()
        configure_logging(settings.log_level, settings.log_format, stream=sys.stderr)
        if needs_telegram:
            require_api(settings)
            _check_server(settings)
        loop = uvloop.new_event_loop()
        asyncio.set_event_loop(loop)  # arq takes the current loop
        loop.run_until_complete(_check_database(settings))
        open_vault(settings)
        url = _redis_for_this_process(settings)
        loop.run_until_complete(_check_redis(url))
    except TgforwardError as error:
        _exit(error)
    return build(settings, url)


def _check_server(settings: Settings) -> None:
    from tgforward.telegram.server import from_settings  # a scheduler does without Telethon's 50 MB

    from_settings(settings)


async def _check_database(settings: Settings) -> None:
    await prepare_database(settings)
    async with open_database(settings):
        pass


async def _check_redis(url: str) -> None:
    redis = await connect(url)
    await redis.aclose()


def _redis_for_this_process(settings: Settings) -> str:
    stack = ExitStack()
    url = stack.enter_context(redis_url(settings))
    atexit.register(stack.close)
    return url


def _exit(error: TgforwardError) -> NoReturn:
    print(f"error: {error}", file=sys.stderr)  # noqa: T201  # logs may go elsewhere; this is for the person who starts it
    sys.exit(error.exit_code)
