"""The Lua scripts of a worker: how jobs are claimed, kept, and how they leave.

A job that one of our workers runs stands in the queue with a score in the future, just beyond the end of its
in-progress key: what runs is in nobody's way at the head of the queue, and comes back by itself when its worker has
died. A stock worker leaves its job at the head, with the score it had; it is read past.
"""

from tgforward.queue.scripts import PRELUDE

_HIDING = """
-- The key ends first: a job that is seen again is free.
local function hidden(ttl) return string.format('%.0f', now() + ttl + 50) end
"""

CLAIM = (
    PRELUDE
    + _HIDING
    + """
-- ARGV: queue, token, ttl, most jobs, after a lost answer ('1' or '0'), look for aborted ones ('1' or '0'),
-- ids that run here already. Answers the time until the next job (-1: there is none), and for each claimed one:
-- id, score, payload, attempt, whether it was aborted.
local queue, token, ttl, most, time = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), now()
local hide = hidden(ttl)
local here, jobs, scores, attempts, payloads, moved = {}, {}, {}, {}, {}, {}
for i = 7, #ARGV do here[ARGV[i]] = true end

local function attempt_of(job, is_due)
  if here[job] then return end
  if is_due and redis.call('SET', running_of(job), token, 'PX', ttl, 'NX') then
    local attempt = redis.call('INCR', retry_of(job))
    redis.call('EXPIRE', retry_of(job), 88400)
    return attempt
  end
  -- What is held by us, but does not run here, was claimed by a call whose answer was lost.
  if redis.call('GET', running_of(job)) == token then
    redis.call('PEXPIRE', running_of(job), ttl)
    return tonumber(redis.call('GET', retry_of(job)) or 1)
  end
end

local latest, page, offset = time, most + #ARGV - 6, 0
if ARGV[5] == '1' then latest = hide end
while #jobs < most do
  local due = redis.call('ZRANGEBYSCORE', queue, '-inf', latest, 'WITHSCORES', 'LIMIT', offset, page)
  for i = 1, #due, 2 do
    local attempt = attempt_of(due[i], tonumber(due[i + 1]) <= time)
    if attempt then
      local n = #jobs + 1
      jobs[n], scores[n], attempts[n], payloads[n] = due[i], due[i + 1], attempt, payload_of(due[i])
      moved[#moved + 1], moved[#moved + 2] = hide, due[i]
    end
    if #jobs == most then break end
  end
  if #due < 2 * page then break end
  offset = offset + page
end

local answer = {-1}
if #jobs > 0 then
  redis.call('ZADD', queue, 'XX', unpack(moved))
  payloads = redis.call('MGET', unpack(payloads))
end
local after = '(' .. string.format('%.0f', time)
local later = redis.call('ZRANGEBYSCORE', queue, after, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if later[2] then answer[1] = tonumber(later[2]) - time end
for i, job in ipairs(jobs) do
  local aborted = ARGV[6] == '1' and redis.call('ZREM', 'arq:abort', job) or 0
  answer[#answer + 1] = {job, scores[i], payloads[i] or '', attempts[i], aborted}
end
return answer
"""
)

RENEW = (
    PRELUDE
    + _HIDING
    + """
-- ARGV: queue, token, ttl, jobs. A key that is gone stays gone: its job may have ended a moment ago.
local hide, moved = hidden(ARGV[3]), {}
for i = 4, #ARGV do
  if redis.call('GET', running_of(ARGV[i])) == ARGV[2] then
    redis.call('PEXPIRE', running_of(ARGV[i]), ARGV[3])
    moved[#moved + 1], moved[#moved + 2] = hide, ARGV[i]
  end
end
if #moved > 0 then redis.call('ZADD', ARGV[1], 'XX', unpack(moved)) end
"""
)

FINISH = (
    PRELUDE
    + """
-- ARGV: expires_ms, queue, token, and for each job: id, payload that was run, ending, delay or score, attempts to
-- leave, successor's payload, result, time to keep it (0: none, -1: for ever). Safe to repeat.
local expires_ms, queue, token, time = tonumber(ARGV[1]), ARGV[2], ARGV[3], now()
local keys, gone = {}, {}

local function stay(job, due, attempts)
  if attempts == '0' then
    redis.call('DEL', retry_of(job))
  else
    redis.call('SET', retry_of(job), attempts, 'EX', 88400)
  end
  wake(queue, due)
  redis.call('ZADD', queue, 'XX', string.format('%.0f', due), job)
end

local function keep(job, result, keep_ms)
  if keep_ms == '-1' then
    redis.call('SET', 'arq:result:' .. job, result)
  elseif keep_ms ~= '0' then
    redis.call('SET', 'arq:result:' .. job, result, 'PX', keep_ms)
  end
end

local function finish(job, started, ending, delay, attempts, successor, result, keep_ms)
  local holder = redis.call('GET', running_of(job))
  if holder ~= token then
    local current = redis.call('GET', payload_of(job))
    if holder or current ~= started then
      -- Redis was emptied, or somebody else runs the job: what stands there now is not ours to end.
      if ending == 'again' and not holder and not current then put(queue, job, time + delay, successor, expires_ms) end
      return
    end
  end
  keys[#keys + 1] = running_of(job)
  if ending == 'back' then
    stay(job, delay, attempts)
  elseif ending == 'retry' then
    stay(job, time + delay, attempts)
  elseif ending == 'again' then
    keys[#keys + 1] = retry_of(job)
    put(queue, job, time + delay, successor, expires_ms)
  else
    keys[#keys + 1], keys[#keys + 2], gone[#gone + 1] = retry_of(job), payload_of(job), job
    keep(job, result, keep_ms)
  end
end

for i = 4, #ARGV, 8 do
  finish(ARGV[i], ARGV[i + 1], ARGV[i + 2], tonumber(ARGV[i + 3]), ARGV[i + 4], ARGV[i + 5], ARGV[i + 6], ARGV[i + 7])
end
if #keys > 0 then redis.call('DEL', unpack(keys)) end
if #gone > 0 then
  redis.call('ZREM', queue, unpack(gone))
  redis.call('ZREM', 'arq:abort', unpack(gone))
end
"""
)

RESCUE = (
    PRELUDE
    + _HIDING
    + """
-- ARGV: queue, token, prefix of all tokens, ttl. A stock worker's key has another value and stays.
-- Answers the number of jobs that were freed.
local freed, time = 0, string.format('%.0f', now())
for _, job in ipairs(redis.call('ZRANGEBYSCORE', ARGV[1], '-inf', hidden(ARGV[4]))) do
  local holder = redis.call('GET', running_of(job))
  if holder and holder ~= ARGV[2] and string.sub(holder, 1, #ARGV[3]) == ARGV[3] then
    freed = freed + redis.call('DEL', running_of(job))
    redis.call('ZADD', ARGV[1], 'XX', time, job)
  end
end
return freed
"""
)
