"""`tgforward shell`: IPython with everything that a developer wants at hand."""

import asyncio
import sys
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import IPython
import typer
from IPython.core.async_helpers import get_asyncio_loop
from traitlets.config import Config

from tgforward.db import models
from tgforward.db.session import select
from tgforward.logs import configure_logging
from tgforward.queue.depth import queue_depth
from tgforward.services.database import prepare_database
from tgforward.services.deps import Deps, open_deps
from tgforward.services.enqueuing import enqueue, enqueue_all
from tgforward.settings import Settings, load_settings

app = typer.Typer()

BANNER = """tgforward {version}: await works at the prompt
  await enqueue(1)            run config 1 now (several: enqueue(1, 2))
  await enqueue_all()         run every config that can run
  await queue_depth()         jobs in each queue
  redis                       the ArqRedis connection: redis.enqueue_job("forward_config", 1)
  async with session() as s:  an AsyncSession; select(TGForwardConfig) and the other models:
                              {models}
"""


@app.command()
def shell() -> None:
    """An IPython prompt with top-level await."""
    from tgforward import __version__

    settings = load_settings()
    configure_logging("warning", settings.log_format, stream=sys.stderr)
    # IPython awaits in this loop, so everything must be opened in it.
    loop = get_asyncio_loop()  # type: ignore[no-untyped-call]
    stack = AsyncExitStack()
    namespace = loop.run_until_complete(_open(stack, settings))
    config = Config()
    config.TerminalInteractiveShell.banner2 = BANNER.format(version=__version__, models=", ".join(_models()))
    try:
        IPython.start_ipython(argv=[], user_ns=namespace, config=config)
    finally:
        loop.run_until_complete(stack.aclose())


async def _open(stack: AsyncExitStack, settings: Settings) -> dict[str, Any]:
    await prepare_database(settings)
    deps: Deps = await stack.enter_async_context(open_deps(settings))
    return {
        "enqueue": partial(enqueue, deps),
        "enqueue_all": partial(enqueue_all, deps),
        "queue_depth": partial(queue_depth, deps.redis),
        "redis": deps.redis,
        "session": deps.session_factory,
        "select": select,
        "asyncio": asyncio,
        **_models(),
    }


def _models() -> dict[str, type]:
    return {name: getattr(models, name) for name in models.__all__ if isinstance(getattr(models, name), type)}
