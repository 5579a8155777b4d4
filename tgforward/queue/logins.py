"""Log-ins under way: a few at once, each kept for minutes as bytes that mean nothing without the vault."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from arq import ArqRedis

from tgforward.errors import Conflict
from tgforward.queue.enqueue import to_ms
from tgforward.queue.failures import reachable
from tgforward.queue.names import LOGINS
from tgforward.queue.scripts import run_script

BUSY = timedelta(minutes=2)  # one answer is at most four requests of 30 s to Telegram

_TAKE = """
-- ARGV: the set of places, place, beginning of the owner's places, now, end, most at once, most of an owner.
redis.call('ZREMRANGEBYSCORE', ARGV[1], '-inf', ARGV[4])
local taken, own = redis.call('ZRANGE', ARGV[1], 0, -1), 0
for _, place in ipairs(taken) do
  if string.sub(place, 1, #ARGV[3]) == ARGV[3] then own = own + 1 end
end
if #taken >= tonumber(ARGV[6]) or own >= tonumber(ARGV[7]) then return 0 end
redis.call('ZADD', ARGV[1], ARGV[5], ARGV[2])
redis.call('PEXPIREAT', ARGV[1], ARGV[5])
return 1
"""

_UNLOCK = """
-- ARGV: the lock, whose it is.
if redis.call('GET', ARGV[1]) == ARGV[2] then redis.call('DEL', ARGV[1]) end
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many log-ins may be under way."""

    at_once: int
    per_owner: int


async def take_place(
    redis: ArqRedis, owner: str, login_id: str, *, now: datetime, until: datetime, limits: Limits
) -> bool:
    """Whether one more log-in may begin; it counts until its end, or until it is dropped.

    Raises:
        RedisUnreachable: Redis does not answer.
    """
    moments = (round(now.timestamp() * 1000), round(until.timestamp() * 1000))
    async with reachable(redis):
        begins = f"{owner}:"
        return bool(
            await run_script(
                redis, _TAKE, LOGINS, begins + login_id, begins, *moments, limits.at_once, limits.per_owner
            )
        )


async def keep_login(redis: ArqRedis, login_id: str, sealed: bytes, *, until: datetime) -> None:
    """Store how far a log-in has come.

    Raises:
        RedisUnreachable: Redis does not answer.
    """
    async with reachable(redis):
        await redis.set(_key(login_id), sealed, pxat=round(until.timestamp() * 1000))


async def load_login(redis: ArqRedis, login_id: str) -> bytes | None:
    """How far a log-in has come; None if it has ended.

    Raises:
        RedisUnreachable: Redis does not answer.
    """
    async with reachable(redis):
        found: bytes | None = await redis.get(_key(login_id))
        return found


async def drop_login(redis: ArqRedis, owner: str, login_id: str) -> None:
    """Forget a log-in; another one may begin in its place.

    Raises:
        RedisUnreachable: Redis does not answer.
    """
    async with reachable(redis), redis.pipeline(transaction=True) as pipe:
        pipe.delete(_key(login_id))
        pipe.zrem(LOGINS, f"{owner}:{login_id}")
        await pipe.execute()


@asynccontextmanager
async def only_answer(redis: ArqRedis, login_id: str) -> AsyncIterator[None]:
    """Nobody else works on this log-in meanwhile.

    Raises:
        Conflict: somebody does.
        RedisUnreachable: Redis does not answer.
    """
    lock, mine = f"{_key(login_id)}:busy", secrets.token_hex(8)
    async with reachable(redis):
        is_mine = await redis.set(lock, mine, nx=True, px=to_ms(BUSY))
    if not is_mine:
        raise Conflict("the answer before this one is still being looked at: wait for it, and give this one again")
    try:
        yield
    finally:
        async with reachable(redis):
            await run_script(redis, _UNLOCK, lock, mine)


def _key(login_id: str) -> str:
    return f"{LOGINS}:{login_id}"
