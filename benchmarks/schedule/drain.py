"""Takes jobs as soon as they may start, as workers would that need no time for them."""

import asyncio
import random
from collections.abc import Sequence

import msgpack

from benchmarks.schedule.lateness import Lateness
from tgforward.queue.connect import Redis
from tgforward.queue.names import lane_queue
from tgforward.queue.scripts import run_script
from tgforward.types import AccountId

LOOK_EVERY_S = 0.004
MOST = 2000  # in one call, which takes some milliseconds: the scheduler waits for it

TAKE = """
-- ARGV: most jobs, queues. Takes what is due out of Redis. Answers the time in microseconds, and config
-- and slot of each job, packed.
local time = redis.call('TIME')
local now, answer, most = time[1] * 1000 + math.floor(time[2] / 1000), {}, tonumber(ARGV[1])
for i = 2, #ARGV do
  local room = most - #answer / 2
  if room < 1 then break end
  local due = redis.call('ZRANGEBYSCORE', ARGV[i], '-inf', now, 'WITHSCORES', 'LIMIT', 0, room)
  if #due > 0 then
    local keys = {}
    for j = 1, #due, 2 do
      keys[#keys + 1] = 'arq:job:' .. due[j]
      answer[#answer + 1] = tonumber(string.sub(due[j], 9))
      answer[#answer + 1] = tonumber(due[j + 1])
    end
    redis.call('ZREMRANGEBYRANK', ARGV[i], 0, #keys - 1)
    redis.call('DEL', unpack(keys))
  end
end
return {time[1] * 1000000 + time[2], cmsgpack.pack(answer)}
"""


async def drain(redis: Redis, accounts: Sequence[AccountId], lateness: Lateness) -> None:
    """Look at all lanes every few milliseconds until cancelled."""
    queues = [lane_queue(account) for account in accounts]
    while True:
        now_us, packed = await run_script(redis, TAKE, MOST, *queues)
        jobs = msgpack.unpackb(packed)
        lateness.add(zip(jobs[::2], jobs[1::2], strict=True), now_us / 1000)
        random.shuffle(queues)  # what is left over is not always of the same lanes
        await asyncio.sleep(0 if len(jobs) == 2 * MOST else LOOK_EVERY_S)
