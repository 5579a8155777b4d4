"""How jobs leave a worker: what ends while Redis answers goes with the next call, all of it in one script."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog
from arq import ArqRedis
from redis.exceptions import RedisError

from tgforward.queue.claims import Claimed
from tgforward.queue.enqueue import EXPIRES_MS, to_ms
from tgforward.queue.judgement import Judgement
from tgforward.queue.lane_scripts import FINISH
from tgforward.queue.outage import Outage
from tgforward.queue.scripts import run_script
from tgforward.queue.verdict import Ending

BATCH = 500  # Lua unpacks at most 8,000 values, and a job has three keys

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Leaving:
    claimed: Claimed
    judgement: Judgement
    left: asyncio.Future[None]


@dataclass(slots=True)
class Finisher:
    """Carries judgements out; `on_left` is told of each job when Redis has confirmed it, or it was given up."""

    redis: ArqRedis
    queue: str
    token: str
    outage: Outage
    is_owner: Callable[[], bool]
    on_left: Callable[[Claimed, Judgement], None]
    _waiting: list[_Leaving] = field(default_factory=list)
    _flushing: asyncio.Task[None] | None = None

    def add(self, claimed: Claimed, judgement: Judgement) -> asyncio.Future[None]:
        """The job leaves with the next call; what is returned is done when it has left."""
        left = asyncio.get_running_loop().create_future()
        self._waiting.append(_Leaving(claimed, judgement, left))
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())
        return left

    async def settled(self, seconds: float) -> None:
        """Wait until everything has left, at most so long."""
        if self._flushing is not None:
            await asyncio.wait([self._flushing], timeout=seconds)

    async def _flush(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                await self._finish(batch)
                for leaving in batch:
                    leaving.left.set_result(None)
                    self.on_left(leaving.claimed, leaving.judgement)
        finally:
            self._flushing = None

    async def _finish(self, batch: Sequence[_Leaving]) -> None:
        try:
            await self.outage.outlast(partial(self._run_script, batch))
        except (RedisError, OSError) as error:  # we stop, and Redis is away
            log.warning("jobs_not_finished", queue=self.queue, jobs=len(batch), error=type(error).__name__)

    async def _run_script(self, batch: Sequence[_Leaving]) -> None:
        if self.is_owner():  # else the next owner rescues the jobs, and Telegram knows what was sent
            await run_script(self.redis, FINISH, EXPIRES_MS, self.queue, self.token, *_arguments(batch))


def _arguments(batch: Sequence[_Leaving]) -> Iterator[str | int | bytes]:
    for leaving in batch:
        claimed, judgement = leaving.claimed, leaving.judgement
        verdict, is_back = judgement.verdict, judgement.verdict.ending is Ending.BACK
        yield claimed.job_id
        yield claimed.payload
        yield verdict.ending
        yield claimed.score if is_back else to_ms(verdict.delay)
        yield claimed.attempt - 1 if is_back else judgement.attempt
        yield judgement.successor
        yield judgement.result
        yield judgement.keep_ms
