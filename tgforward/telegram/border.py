"""Where every answer of Telegram's comes in: a time limit, and our errors instead of Telethon's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from tgforward.telegram.errors import TRANSLATED, translate


@asynccontextmanager
async def translated(method: str, limit: timedelta) -> AsyncIterator[None]:
    """Around the wait for an answer to `method`.

    Raises:
        TelegramError: the request was refused, or (ConnectionLost) may or may not have been executed.
    """
    task = asyncio.current_task()
    assert task is not None
    cancels = task.cancelling()
    try:
        async with asyncio.timeout(limit.total_seconds()):
            yield
    except asyncio.CancelledError as error:
        # Telethon cancels the answers that it waits for when it gives up a connection; that is no cancelled task.
        if task.cancelling() > cancels:
            raise
        raise translate(error, method=method) from error
    except TRANSLATED as error:
        raise translate(error, method=method) from error
