"""The Lua script that turns slots into jobs: one call for a batch, since calls are what costs.

It works on arq's own keys. What one command can read or write for a whole batch or queue, one does, and all slots come
in one packed argument: a slot takes 7 us of Redis. A queue whose first job is
new is announced, as it is by the other scripts.
"""

ENQUEUE_SLOTS = """
-- ARGV: expires_ms, whether former slots are asked for ('1' or '0'), what stands in a payload before config and version
-- and behind them, and packed: the queues, and for each slot config, version, number of its queue and slot.
-- Answers how many were enqueued; the configs that are busy; those whose slot was taken; config and former slot of the
-- others. No config comes twice.
local call, head, tail = redis.call, ARGV[3], ARGV[4]
local queues, due_slots = unpack(cmsgpack.unpack(ARGV[5]))
local configs, jobs, running, n = {}, {}, {}, 0
for i = 1, #due_slots, 4 do
  n = n + 1
  configs[n] = due_slots[i]
  jobs[n] = 'forward:' .. due_slots[i]
  running[n] = 'arq:in-progress:' .. jobs[n]
end
if n == 0 then return {0, {}, {}, {}} end
local former = call('HMGET', 'tgforward:taken', unpack(configs))
local holders = call('EXISTS', unpack(running)) > 0 and call('MGET', unpack(running)) or {}
local homes = call('HMGET', 'tgforward:homes', unpack(jobs))

local function waits(queue, job, payload)
  local key = 'arq:job:' .. job
  if call('SET', key, payload, 'NX', 'PX', ARGV[1]) then return false end
  if call('ZSCORE', queue, job) then return true end
  call('SET', key, payload, 'PX', ARGV[1])  -- it stands in another queue, or in none
  return false
end

local enqueued, busy, taken, gaps = 0, {}, {}, {}
local slots, moved, puts, earliest = {}, {}, {}, {}
for i = 1, n do
  local config, job, at = configs[i], jobs[i], i * 4 - 3
  local version, queue, slot = due_slots[at + 1], queues[due_slots[at + 2]], due_slots[at + 3]
  local due = tonumber(slot)
  if former[i] and tonumber(former[i]) >= due then
    taken[#taken + 1] = config
  else
    slots[#slots + 1] = config
    slots[#slots + 1] = slot
    if former[i] and ARGV[2] == '1' then
      gaps[#gaps + 1] = config
      gaps[#gaps + 1] = former[i]
    end
    if holders[i] or waits(queue, job, head .. cmsgpack.pack(tonumber(config), version) .. tail) then
      busy[#busy + 1] = config
    else
      local put = puts[queue]
      if not put then
        put = {}
        puts[queue] = put
      end
      put[#put + 1] = slot
      put[#put + 1] = job
      if not earliest[queue] or due < earliest[queue] then earliest[queue] = due end
      enqueued = enqueued + 1
      if homes[i] ~= queue then
        if homes[i] then call('ZREM', homes[i], job) end
        moved[#moved + 1] = job
        moved[#moved + 1] = queue
      end
    end
  end
end
if #slots > 0 then call('HSET', 'tgforward:taken', unpack(slots)) end
if #moved > 0 then call('HSET', 'tgforward:homes', unpack(moved)) end
for queue, put in pairs(puts) do
  local first = call('ZRANGE', queue, 0, 0, 'WITHSCORES')[2]
  if not first or earliest[queue] < tonumber(first) then
    redis.pcall('PUBLISH', 'tgforward:wake:' .. queue, string.format('%.0f', earliest[queue]))
  end
  call('ZADD', queue, unpack(put))
  call('SADD', 'tgforward:queues', queue)
end
return {enqueued, busy, taken, gaps}
"""
