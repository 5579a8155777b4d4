"""Another design: due times stand in Redis; one script claims what is due and makes it due again later.

Only what is to be measured: no version, no user's time, no change of account.
"""

from pathlib import Path

from arq import ArqRedis
from arq.utils import timestamp_ms

from benchmarks.enqueue.timing import Taken, emptied, timed
from benchmarks.enqueue.ways import INTERVAL_MS, finish, make_slots, queued
from tgforward.queue.enqueue import EXPIRES_MS, payload
from tgforward.queue.names import FUNCTION, lane_queue
from tgforward.queue.scripts import run_script
from tgforward.queue.slots import BATCH

CLAIM = """
-- ARGV: now, most, expires_ms. Answers how many were taken off the set of due times.
local call = redis.call
local found = call('ZRANGEBYSCORE', 'due', '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2])
local configs, running = {}, {}
for i = 1, #found, 2 do
  configs[#configs + 1] = found[i]
  running[#running + 1] = 'arq:in-progress:forward:' .. found[i]
end
if #configs == 0 then return 0 end
local intervals = call('HMGET', 'intervals', unpack(configs))
local queues = call('HMGET', 'queues', unpack(configs))
local payloads = call('HMGET', 'payloads', unpack(configs))
local holders = call('EXISTS', unpack(running)) > 0 and call('MGET', unpack(running)) or {}
local next_due, puts = {}, {}
for i, config in ipairs(configs) do
  local slot = tonumber(found[i * 2])
  next_due[i * 2 - 1] = string.format('%.0f', slot + tonumber(intervals[i]))
  next_due[i * 2] = config
  local job = 'forward:' .. config
  if not holders[i] and call('SET', 'arq:job:' .. job, payloads[i], 'NX', 'PX', ARGV[3]) then
    local put = puts[queues[i]] or {}
    puts[queues[i]] = put
    put[#put + 1] = found[i * 2]
    put[#put + 1] = job
  end
end
call('ZADD', 'due', unpack(next_due))
for queue, put in pairs(puts) do
  local due = tonumber(put[1])
  local first = call('ZRANGE', queue, 0, 0, 'WITHSCORES')[2]
  if not first or due < tonumber(first) then call('PUBLISH', 'tgforward:wake:' .. queue, put[1]) end
  call('ZADD', queue, unpack(put))
  call('SADD', 'tgforward:queues', queue)
end
return #configs
"""


async def due_set(socket: Path, jobs: int) -> Taken:
    """The second slot of each config, as `again`."""
    async with emptied(socket) as redis:
        now_ms = timestamp_ms()
        await _load(redis, jobs, now_ms)
        await _claim_all(redis, now_ms + 1000)
        await finish(redis, jobs)
        taken = await timed(redis, lambda: _claim_all(redis, now_ms + 1000 + INTERVAL_MS))
        return Taken(jobs, await queued(redis), *taken)


async def _load(redis: ArqRedis, jobs: int, now_ms: int) -> None:
    """What Redis must know of every config, and must be told again after it was emptied."""
    slots = make_slots(jobs, now_ms)
    for start in range(0, jobs, 1000):
        some = slots[start : start + 1000]
        pipeline = redis.pipeline()
        for config_id, version, account_id, slot_ms in some:
            pipeline.zadd("due", {str(config_id): slot_ms})
            pipeline.hset("intervals", str(config_id), str(INTERVAL_MS))
            pipeline.hset("queues", str(config_id), lane_queue(account_id))
            pipeline.hset("payloads", str(config_id), payload(FUNCTION, (config_id, version)))  # type: ignore[arg-type]  # redis-py: bytes too
        await pipeline.execute()


async def _claim_all(redis: ArqRedis, now_ms: int) -> None:
    while await run_script(redis, CLAIM, now_ms, BATCH, EXPIRES_MS):
        pass
