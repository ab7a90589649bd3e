/**
 * Renews a node's lease by Redis's own clock, and puts those whose lease has run out aside, to be buried.
 * KEYS: leases, dying, epoch. ARGV: node, lease in ms, a new epoch, 1 if this node may put others aside.
 * Answers the epoch, 1 if the lease was still held, who is to be buried, and until when the lease runs. The epoch
 * changes when Redis has lost its data.
 */
export const RENEW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('SET', KEYS[3], ARGV[3], 'NX')
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
if ARGV[4] == '1' then
  for _, node in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE')) do
    redis.call('ZREM', KEYS[1], node)
    redis.call('SADD', KEYS[2], node)
  end
end
return { redis.call('GET', KEYS[3]), held and 1 or 0, redis.call('SMEMBERS', KEYS[2]), now + ARGV[2] }
`

/** Does nothing after the lease: what was long on its way must not bring a buried node back. */
const UNLESS_TOO_LATE = `
local time = redis.call('TIME')
if time[1] * 1000 + math.floor(time[2] / 1000) > tonumber(ARGV[1]) then return {} end
`

/**
 * Notes sets as ones that a node holds members of.
 * KEYS: that node's sets. ARGV: until when its lease runs; then the sets.
 */
export const NOTE = `${UNLESS_TOO_LATE}
return redis.call('SADD', KEYS[1], unpack(ARGV, 2))
`

/**
 * Says how many holders members have on one node.
 * KEYS: members, about, total, that node's holders. ARGV: until when the node's lease runs; then member, holders,
 * about; and so on.
 * Answers for each: 1 if it has come to the set, -1 if it has gone from it, else 0. A member that goes and is not
 * known has gone: Redis has lost it, and other nodes that hold it will say so. Answers nothing after the lease.
 */
export const HOLD = `${UNLESS_TOO_LATE}
local shifts = {}
for i = 2, #ARGV, 3 do
  local member, holders, about = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2]
  local before = tonumber(redis.call('HGET', KEYS[4], member) or '0')
  local shift = 0
  if holders ~= before then
    redis.call('INCRBY', KEYS[3], holders - before)
    if holders > 0 then redis.call('HSET', KEYS[4], member, holders)
    else redis.call('HDEL', KEYS[4], member) end
  end
  if before == 0 and holders > 0 and redis.call('HINCRBY', KEYS[1], member, 1) == 1 then
    shift = 1
    if about ~= '' then redis.call('HSET', KEYS[2], member, about) end
  elseif before > 0 and holders == 0 and redis.call('HINCRBY', KEYS[1], member, -1) <= 0 then
    shift = -1
    redis.call('HDEL', KEYS[1], member)
    redis.call('HDEL', KEYS[2], member)
  elseif before == 0 and holders == 0 and redis.call('HEXISTS', KEYS[1], member) == 0 then
    shift = -1
  end
  shifts[#shifts + 1] = shift
end
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('DEL', KEYS[3]) end
return shifts
`

/**
 * Takes some of a node's holders back.
 * KEYS: members, about, total, that node's holders. ARGV: about how many.
 * Answers 1 if some are left, and of each member that has gone from the set its name and what is said of it.
 */
export const RELEASE = `
local gone = {}
local held = redis.call('HSCAN', KEYS[4], 0, 'COUNT', ARGV[1])[2]
for i = 1, #held, 2 do
  local member = held[i]
  redis.call('INCRBY', KEYS[3], -tonumber(held[i + 1]))
  redis.call('HDEL', KEYS[4], member)
  if redis.call('HINCRBY', KEYS[1], member, -1) <= 0 then
    gone[#gone + 1] = member
    gone[#gone + 1] = redis.call('HGET', KEYS[2], member) or ''
    redis.call('HDEL', KEYS[1], member)
    redis.call('HDEL', KEYS[2], member)
  end
end
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('DEL', KEYS[3]) end
return { redis.call('EXISTS', KEYS[4]), gone }
`

/**
 * Replaces the `about` of a member that is present.
 * KEYS: members, about. ARGV: until when the node's lease runs, member, about.
 */
export const DESCRIBE = `${UNLESS_TOO_LATE}
if redis.call('HEXISTS', KEYS[1], ARGV[2]) == 1 then redis.call('HSET', KEYS[2], ARGV[2], ARGV[3]) end
return {}
`

/**
 * Keeps the last news of a topic.
 * KEYS: its key. ARGV: the news, its time of keeping, ms to keep it, 1 to replace even news that was kept later.
 */
export const KEEP = `
local at = redis.call('HGET', KEYS[1], 'at')
if ARGV[4] == '1' or not at or tonumber(at) <= tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'text', ARGV[1], 'at', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return {}
`
