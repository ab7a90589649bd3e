import { askRedis, parseRedisAddress } from '../endpoints.ts'
import { examineClock } from './clock.ts'
import { type Finding, fault, ok } from './finding.ts'

export async function examineRedis(url: string): Promise<readonly Finding[]> {
  const { version, role, nowMs } = await askRedis(parseRedisAddress(url))
  const found = `It is version ${version}, a ${role === 'slave' ? 'replica' : 'primary'}.`
  return [
    role === 'master'
      ? ok('Redis', found)
      : fault(
          'Redis',
          found,
          'News that is published on a replica reaches nobody: name its primary in REDIS_URL.',
        ),
    examineClock('Redis', nowMs),
  ]
}
