"""What the parts of a process are made with, without Telegram."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from arq import ArqRedis
from pydantic import SecretStr

from tgforward.db.session import SessionFactory
from tgforward.queue.wakes import Wakes
from tgforward.services.deps import Deps
from tgforward.services.vault import open_vault
from tgforward.settings import Settings


def make_deps(factory: SessionFactory, redis: ArqRedis, directory: Path, **values: Any) -> Deps:
    """Database and Redis; nobody connects to Telegram."""
    key = SecretStr("a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=")
    settings = Settings.model_validate({"data_dir": directory, "secret_key": key, **values})
    return Deps(settings, factory, redis, open_vault(settings), None)


@asynccontextmanager
async def listening(redis: ArqRedis) -> AsyncIterator[Wakes]:
    """What a process has for all of its workers, listening."""
    wakes = Wakes(redis)
    task = asyncio.create_task(wakes.run())
    try:
        yield wakes
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
