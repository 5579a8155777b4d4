"""What arq's command line is left with: to start a process, to hand it its context, and to end it.

arq's own loop ends at the first error of Redis, so it never begins: a process lives inside `on_startup`, where our
workers (`tgforward/queue/lane_worker.py`) do what the loop would do.
"""

import asyncio
import signal
from collections.abc import Iterable
from functools import partial
from typing import Any, NoReturn

from arq import ArqRedis

from tgforward.queue.connect import open_pool, redis_settings

SIGNALS = (signal.SIGTERM, signal.SIGINT)
SAME_REQUEST_S = 1.0  # Ctrl-C reaches a whole group, and a supervisor in it sends SIGTERM besides


class ShellRedis(ArqRedis):
    """The pool that arq asks for."""

    async def delete(self, *names: Any) -> int:  # noqa: ARG002 - Redis's signature
        """Nothing: the last thing arq does is to delete a health key that our worker has deleted, Redis or not."""
        return 0


def shell_redis(url: str) -> ArqRedis:
    """A pool for arq's command line; nothing is connected yet."""
    return ShellRedis(open_pool(redis_settings(url)).connection_pool)


async def live(tasks: Iterable[asyncio.Task[Any]]) -> NoReturn:
    """Wait until SIGTERM or Ctrl-C, which cancels the caller once; the second of them ends the process at once.

    Raises:
        CancelledError: a signal came; end in peace.
        Exception: what one of the tasks has failed with.
    """
    _listen()
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    raise RuntimeError("a part of this process has ended by itself")


def _listen() -> None:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    for number in SIGNALS:
        loop.remove_signal_handler(number)  # arq's
        loop.add_signal_handler(number, partial(_end, task, number))


def _end(task: asyncio.Task[Any], first: signal.Signals) -> None:
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.remove_signal_handler(number)
        if number is first:
            signal.signal(number, signal.SIG_DFL)
        else:
            signal.signal(number, signal.SIG_IGN)
            loop.call_later(SAME_REQUEST_S, signal.signal, number, signal.SIG_DFL)
    task.cancel()
