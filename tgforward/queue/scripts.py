"""The Lua scripts: what must happen at once in Redis, on arq's own keys and by the clock of Redis.

Every script begins with `PRELUDE`. A job *waits* when its payload exists and it stands in the queue; it *runs* while
its in-progress key exists.

Who waits for jobs sleeps until the first score of the queue, so a job is announced only when it comes before that one:
a batch in order of time costs one message per queue.
"""

from functools import cache
from hashlib import sha1
from typing import Any

from arq import ArqRedis
from redis.exceptions import NoScriptError

PRELUDE = """
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function payload_of(job) return 'arq:job:' .. job end
local function running_of(job) return 'arq:in-progress:' .. job end
local function retry_of(job) return 'arq:retry:' .. job end

local function score(queue, job)
  return redis.call('EXISTS', payload_of(job)) == 1 and redis.call('ZSCORE', queue, job)
end

local earliest = {}

local function wake(queue, due)
  if not earliest[queue] then
    earliest[queue] = tonumber(redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')[2]) or math.huge
  end
  if due < earliest[queue] then
    earliest[queue] = due
    -- pcall: a user of Redis that may not publish can still enqueue; workers find the job when they poll.
    redis.pcall('PUBLISH', 'tgforward:wake:' .. queue, string.format('%.0f', due))
  end
end

local function put(queue, job, due, payload, expires_ms)
  wake(queue, due)
  local home = redis.call('HGET', 'tgforward:homes', job)
  if home and home ~= queue then redis.call('ZREM', home, job) end
  local keep = math.max(0, due - now()) + expires_ms
  redis.call('SET', payload_of(job), payload, 'PX', string.format('%.0f', keep))
  redis.call('ZADD', queue, string.format('%.0f', due), job)
  redis.call('HSET', 'tgforward:homes', job, queue)
  redis.call('SADD', 'tgforward:queues', queue)
end

local function take_out(queue, job)
  redis.call('DEL', payload_of(job), retry_of(job))
  redis.call('ZREM', queue, job)
  redis.call('ZREM', 'arq:abort', job)
end
"""

ENQUEUE_NOW = (
    PRELUDE
    + """
-- ARGV: expires_ms, job, queue, delay, payload, hasten, spare_retries ('1' or '0' each). Answers 1 when the job was
-- put or moved forward.
local job, queue, due = ARGV[2], ARGV[3], now() + tonumber(ARGV[4])
if redis.call('EXISTS', running_of(job)) == 1 then return 0 end
local waits = score(queue, job)
if waits and (ARGV[6] == '0' or tonumber(waits) <= due) then return 0 end
if waits and ARGV[7] == '1' and redis.call('EXISTS', retry_of(job)) == 1 then return 0 end
put(queue, job, due, ARGV[5], tonumber(ARGV[1]))
return 1
"""
)

FORGET = (
    PRELUDE
    + """
-- ARGV: config id and job, of each config.
for i = 1, #ARGV, 2 do
  local job = ARGV[i + 1]
  redis.call('HDEL', 'tgforward:taken', ARGV[i])
  local home = redis.call('HGET', 'tgforward:homes', job)
  if home then take_out(home, job) end
  redis.call('HDEL', 'tgforward:homes', job)
end
"""
)

BACKLOG = (
    PRELUDE
    + """
-- ARGV: most jobs to look at in each queue, queues. Answers how many are due and wait, run, and are not due; and the
-- age of the oldest that is due and waits.
local time, due, running, later, oldest = now(), 0, 0, 0, 0
for i = 2, #ARGV do
  local ready = redis.call('ZCOUNT', ARGV[i], '-inf', time)
  later = later + redis.call('ZCARD', ARGV[i]) - ready
  local first = redis.call('ZRANGEBYSCORE', ARGV[i], '-inf', time, 'WITHSCORES', 'LIMIT', 0, ARGV[1])
  for j = 1, #first, 2 do
    if redis.call('EXISTS', running_of(first[j])) == 1 then
      running, ready = running + 1, ready - 1
    else
      oldest = math.max(oldest, time - tonumber(first[j + 1]))
    end
  end
  -- What our workers run is hidden in the next seconds: see tgforward/queue/lane_scripts.py.
  for _, job in ipairs(redis.call('ZRANGEBYSCORE', ARGV[i], '(' .. time, time + 5000, 'LIMIT', 0, ARGV[1])) do
    if redis.call('EXISTS', running_of(job)) == 1 then running, later = running + 1, later - 1 end
  end
  due = due + ready
end
return {due, running, later, math.floor(oldest)}
"""
)


async def run_script(redis: ArqRedis, script: str, *arguments: str | int | bytes) -> Any:
    """What the script answers; it is loaded anew when Redis does not know it (any more)."""
    try:
        return await _execute(redis, "EVALSHA", _digest(script), *arguments)
    except NoScriptError:
        return await _execute(redis, "EVAL", script, *arguments)


async def _execute(redis: ArqRedis, command: str, script: str, *arguments: str | int | bytes) -> Any:
    return await redis.execute_command(command, script, 0, *arguments)  # type: ignore[no-untyped-call]  # redis-py


@cache
def _digest(script: str) -> str:
    return sha1(script.encode(), usedforsecurity=False).hexdigest()
