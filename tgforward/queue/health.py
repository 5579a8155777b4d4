"""arq's health key, one for each process; and one for the host, which `python -m arq … --check` looks at.

The check is a process of its own and cannot know the number of the one that it asks about: it is told whether any
process of that kind is alive on its host. A container has one.
"""

import os
import socket
from dataclasses import dataclass
from datetime import timedelta

from arq import ArqRedis

from tgforward.queue.enqueue import to_ms
from tgforward.queue.failures import reachable
from tgforward.queue.names import health_key
from tgforward.queue.scripts import run_script

_SHOW = """
-- ARGV: the host's key, the process's key, ttl.
redis.call('SET', ARGV[1], redis.call('GET', ARGV[2]) or '', 'PX', ARGV[3])
redis.call('SADD', ARGV[1] .. ':processes', ARGV[2])
redis.call('PEXPIRE', ARGV[1] .. ':processes', ARGV[3])
"""

_LEAVE = """
-- ARGV: the host's key, the process's key. The host's key stays while another process of the host is alive.
redis.call('SREM', ARGV[1] .. ':processes', ARGV[2])
for _, other in ipairs(redis.call('SMEMBERS', ARGV[1] .. ':processes')) do
  if redis.call('EXISTS', other) == 1 then return end
end
redis.call('DEL', ARGV[1], ARGV[1] .. ':processes')
"""


@dataclass(frozen=True, slots=True)
class HealthKeys:
    """The keys of one process of a kind; the kind is named by its queue."""

    of_host: str
    of_process: str


def health_keys(queue: str) -> HealthKeys:
    """The keys of this process."""
    of_host = health_key(queue, socket.gethostname())
    return HealthKeys(of_host, f"{of_host}:{os.getpid()}")


async def is_alive(redis: ArqRedis, queue: str, host: str) -> bool:
    """Whether a process that serves the queue on a host has renewed its key lately.

    Raises:
        RedisUnreachable: Redis does not answer.
    """
    async with reachable(redis):
        return bool(await redis.exists(health_key(queue, host)))


async def show_health(redis: ArqRedis, keys: HealthKeys, ttl: timedelta) -> None:
    """The host has a process of this kind, which has just recorded its health."""
    await run_script(redis, _SHOW, keys.of_host, keys.of_process, to_ms(ttl))


async def leave_health(redis: ArqRedis, keys: HealthKeys) -> None:
    """This process has ended."""
    await run_script(redis, _LEAVE, keys.of_host, keys.of_process)
