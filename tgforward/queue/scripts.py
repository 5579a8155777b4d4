"""The Lua scripts: what must happen at once in Redis, on arq's own keys and by the clock of Redis.

Every script begins with `_PRELUDE`. A job *waits* when its payload exists and it stands in the queue; it *runs* while
its in-progress key exists.
"""

from typing import Any

from arq import ArqRedis

_PRELUDE = """
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

local function put(queue, job, due, payload, expires_ms)
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
  redis.call('HDEL', 'tgforward:homes', job)
end
"""

ENQUEUE_SLOTS = (
    _PRELUDE
    + """
-- ARGV: expires_ms, then for each slot: config id, queue, slot, payload. Answers 0 taken, 1 enqueued, 2 busy.
local answers = {}
for i = 2, #ARGV, 4 do
  local config, queue, slot, payload = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local job = 'forward:' .. config
  if redis.call('ZADD', 'tgforward:slots', 'GT', 'CH', slot, config) == 0 then
    answers[#answers + 1] = 0
  elseif redis.call('EXISTS', running_of(job)) == 1 or score(queue, job) then
    answers[#answers + 1] = 2
  else
    put(queue, job, tonumber(slot), payload, tonumber(ARGV[1]))
    answers[#answers + 1] = 1
  end
end
return answers
"""
)

ENQUEUE_NOW = (
    _PRELUDE
    + """
-- ARGV: expires_ms, job, queue, delay, payload, hasten ('1' or '0'). Answers 1 when the job was put or moved forward.
local job, queue, due = ARGV[2], ARGV[3], now() + tonumber(ARGV[4])
if redis.call('EXISTS', running_of(job)) == 1 then return 0 end
local waits = score(queue, job)
if waits and (ARGV[6] == '0' or tonumber(waits) <= due) then return 0 end
put(queue, job, due, ARGV[5], tonumber(ARGV[1]))
return 1
"""
)

FORGET = (
    _PRELUDE
    + """
-- ARGV: config id, job.
redis.call('ZREM', 'tgforward:slots', ARGV[1])
local home = redis.call('HGET', 'tgforward:homes', ARGV[2])
if home then take_out(home, ARGV[2]) end
"""
)

CLAIM = (
    _PRELUDE
    + """
-- ARGV: queue, token, ttl, most jobs, most to look at, ids that run here already.
-- Answers id, score, payload for each claimed job.
local here, claimed = {}, {}
for i = 6, #ARGV do here[ARGV[i]] = true end
local due = redis.call('ZRANGEBYSCORE', ARGV[1], '-inf', now(), 'WITHSCORES', 'LIMIT', 0, ARGV[5])
for i = 1, #due, 2 do
  if #claimed >= tonumber(ARGV[4]) then break end
  local holder = not here[due[i]] and redis.call('GET', running_of(due[i]))
  -- What is held by us, but does not run here, was claimed by a call whose answer was lost.
  if not here[due[i]] and (not holder or holder == ARGV[2]) then
    redis.call('SET', running_of(due[i]), ARGV[2], 'PX', ARGV[3])
    claimed[#claimed + 1] = {due[i], due[i + 1], redis.call('GET', payload_of(due[i])) or ''}
  end
end
return claimed
"""
)

RENEW = (
    _PRELUDE
    + """
-- ARGV: token, ttl, jobs. A key that is gone stays gone: its job may have ended a moment ago.
for i = 3, #ARGV do
  if redis.call('GET', running_of(ARGV[i])) == ARGV[1] then redis.call('PEXPIRE', running_of(ARGV[i]), ARGV[2]) end
end
"""
)

FINISH = (
    _PRELUDE
    + """
-- ARGV: expires_ms, job, queue, token, payload that was run, ending, delay, successor's payload. Safe to repeat.
local job, queue, started, ending = ARGV[2], ARGV[3], ARGV[5], ARGV[6]
local due = now() + tonumber(ARGV[7])
local holder = redis.call('GET', running_of(job))
local current = redis.call('GET', payload_of(job))
if holder ~= ARGV[4] and (holder or current ~= started) then
  -- Redis was emptied, or somebody else runs the job: what stands there now is not ours to end.
  if ending == 'again' and not holder and not current then put(queue, job, due, ARGV[8], tonumber(ARGV[1])) end
  return 0
end
redis.call('DEL', running_of(job))
if ending == 'back' then
  if redis.call('EXISTS', retry_of(job)) == 1 and redis.call('DECR', retry_of(job)) < 1 then
    redis.call('DEL', retry_of(job))
  end
elseif ending == 'retry' then
  redis.call('ZADD', queue, 'XX', string.format('%.0f', due), job)
else
  take_out(queue, job)
  if ending == 'again' then put(queue, job, due, ARGV[8], tonumber(ARGV[1])) end
end
return 1
"""
)

RESCUE = (
    _PRELUDE
    + """
-- ARGV: token, prefix of all tokens, jobs. A stock worker's key has another value and stays. Answers the number freed.
local freed = 0
for i = 3, #ARGV do
  local holder = redis.call('GET', running_of(ARGV[i]))
  if holder and holder ~= ARGV[1] and string.sub(holder, 1, #ARGV[2]) == ARGV[2] then
    freed = freed + redis.call('DEL', running_of(ARGV[i]))
  end
end
return freed
"""
)


async def run_script(redis: ArqRedis, script: str, *arguments: str | int | bytes) -> Any:
    """What the script answers; it is loaded anew when Redis does not know it (any more)."""
    return await redis.register_script(script)(args=arguments)
