"""A worker that is broken on purpose, to prove that the crash test notices: `random_ids` or `guard`.

    python -m benchmarks.chaos.sabotage guard worker.WorkerSettings

Patching is what this file is for; it is used by nothing but the crash test.
"""

import asyncio
import math
import random
import sys
from collections.abc import Callable
from typing import Any, Final

from arq.cli import cli

from benchmarks.chaos.options import Sabotage
from tgforward.services.lane import Lane
from tgforward.services.lanes_held import HeldLane
from tgforward.telegram.connection import Connection

HEEDED_AFTER_S: Final = 2.0  # time for a request beside the new owner's, whose lease lasts longer


def randomise_ids() -> None:
    """Send everything under a `random_id` that is drawn anew each time, as other forwarders do."""
    send = Connection._send  # noqa: SLF001 - see the module

    async def send_anew(self: Connection, request: Any, *args: Any, **kwargs: Any) -> Any:
        ours = getattr(request, "random_id", None)
        if ours is None:
            return await send(self, request, *args, **kwargs)
        drawn = [random.getrandbits(63) for _ in ours] if isinstance(ours, list) else random.getrandbits(63)
        return await _send_under(send, self, request, ours, drawn, *args)

    Connection._send = send_anew  # type: ignore[method-assign]  # noqa: SLF001 - see the module


async def _send_under(send: Any, connection: Connection, request: Any, ours: Any, drawn: Any, *args: Any) -> Any:
    """The answer names the ids that the caller knows."""
    names = dict(zip(drawn, ours, strict=True)) if isinstance(ours, list) else {drawn: ours}
    request.random_id = drawn
    try:
        answer = await send(connection, request, *args)
    finally:
        request.random_id = ours
    for update in getattr(answer, "updates", ()):
        if getattr(update, "random_id", None) in names:
            update.random_id = names[update.random_id]
    return answer


def drop_guard() -> None:
    """Let no local deadline ever come: the process uses a session until long after it was told to stop."""
    never = property(lambda _lane: math.inf, lambda _lane, _deadline: None)
    Lane.deadline = never  # type: ignore[assignment, misc]
    lose = HeldLane.lose

    def lose_late(self: HeldLane) -> None:
        asyncio.get_running_loop().call_later(HEEDED_AFTER_S, lose, self)

    HeldLane.lose = lose_late  # type: ignore[method-assign]


KINDS: Final[dict[Sabotage, Callable[[], None]]] = {"random_ids": randomise_ids, "guard": drop_guard}


if __name__ == "__main__":
    KINDS[sys.argv.pop(1)]()  # type: ignore[index]
    cli()
