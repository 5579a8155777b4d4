"""Running configs as a worker would, and looking at what came of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.services.conftest import owned_lane
from tests.worker.build import listening
from tgforward.db.configs import load_config
from tgforward.db.models import TGForwardConfig
from tgforward.db.session import reading
from tgforward.forwarding.outcomes import Continue, Outcome
from tgforward.queue.lag import LoopLag
from tgforward.sandbox.server import Sandbox
from tgforward.sandbox.world.chats import Chat
from tgforward.sandbox.world.messages import StoredMessage
from tgforward.services.deps import Deps
from tgforward.services.forward import run_forward_config
from tgforward.types import ConfigId
from worker.runner import Runner

MOST_RUNS = 30
INTERVAL = timedelta(seconds=20)
"""That of a config which names none."""


@dataclass(slots=True)
class MovedClock:
    """A wall clock that a test moves; the monotonic one stands still."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return 0.0


@asynccontextmanager
async def working(deps: Deps) -> AsyncIterator[None]:
    """A worker owns the operator's account and does its jobs."""
    async with listening(deps.redis) as wakes, owned_lane(deps) as lane:
        runner = Runner.start(lane, LoopLag(timedelta(minutes=1)), wakes)
        try:
            yield
        finally:
            await runner.stop(timedelta(seconds=5))


async def run(deps: Deps, config_id: ConfigId) -> Outcome:
    """Run a config, in a new owner's lane, until nothing is left to do at once; how the last job ended."""
    async with owned_lane(deps) as lane:
        for _ in range(MOST_RUNS):
            outcome = await run_forward_config(lane, config_id, None)
            if not isinstance(outcome, Continue):
                return outcome
    raise AssertionError("it goes on for ever")


async def run_and_crash(deps: Deps, config_id: ConfigId, sandbox: Sandbox, method: str, *, after: int = 0) -> None:
    """A job whose process ends after a request was executed and before its answer came."""
    fault = sandbox.faults.add("answer_late", method=method, delay_ms=60_000, after=after)
    async with owned_lane(deps) as lane:
        task = asyncio.create_task(run_forward_config(lane, config_id, None))
        async with asyncio.timeout(20):
            while not fault.hits:  # noqa: ASYNC110 - it is hit in the server
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def row_of(deps: Deps, config_id: ConfigId) -> TGForwardConfig:
    """The config as it is stored."""
    async with reading(deps.session_factory) as session:
        row = await load_config(session, config_id)
    assert row is not None
    return row


def standing(chat: Chat) -> list[StoredMessage]:
    """The messages that stand in a channel now, without service messages, oldest first."""
    return [message for message in reversed(list(chat.history().newest_first())) if not message.is_service]


def texts(chat: Chat) -> list[str]:
    """Their texts."""
    return [message.text for message in standing(chat)]
