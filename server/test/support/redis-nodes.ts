import assert from 'node:assert/strict'
import { after, type TestContext } from 'node:test'
import { type Bus, type Renewal, topic } from '../../src/bus/bus.ts'
import { RedisBus } from '../../src/bus/redis/index.ts'
import { type Engine, startRedis } from './engines/index.ts'
import { type CuttableProxy, startProxy } from './proxy.ts'
import { until } from './until.ts'

/** The longest wait until the others have buried a dead node, on a machine that is busy with other things. */
export const BURIED_MS = 40_000

export const news = topic<number | string>('news')

interface NodeOptions {
  readonly cluster?: string
  readonly url?: string
  readonly onError?: (error: unknown) => void
  readonly onDown?: (error: unknown) => void
  readonly onUp?: () => void
}

export interface RedisNodes {
  readonly redis: Engine
  /** One more node of the test's cluster. */
  open(t: TestContext, options?: NodeOptions): Promise<RedisBus>
  /** One whose way to Redis the test can cut. */
  openBehindProxy(t: TestContext, options?: NodeOptions): Promise<{ bus: RedisBus; proxy: CuttableProxy }>
}

/** A Redis for this test file alone, and nodes on it. */
export async function startRedisNodes(): Promise<RedisNodes> {
  const { engine: redis, ...started } = await startRedis()
  after(() => started[Symbol.asyncDispose]())
  const open: RedisNodes['open'] = async (t, options = {}) => {
    const bus = await RedisBus.open({
      url: redis.url,
      cluster: t.name,
      onError: (error) => assert.fail(String(error)),
      ...options,
    })
    t.after(() => bus.close())
    return bus
  }
  return {
    redis,
    open,
    openBehindProxy: async (t, options) => {
      const proxy = await startProxy(t, { host: '127.0.0.1', port: redis.port })
      return { bus: await open(t, { ...options, url: `redis://127.0.0.1:${proxy.port}` }), proxy }
    },
  }
}

/** Listens, and waits until it hears the other nodes too. */
export async function hear(bus: Bus): Promise<(number | string)[]> {
  const heard: (number | string)[] = []
  bus.subscribe(news, (n) => heard.push(n))
  await bus.settled(news)
  return heard
}

/** Why it is told that news may have been missed. */
export function renewalsOf(bus: Bus): Renewal[] {
  const renewals: Renewal[] = []
  bus.subscribe(
    news,
    () => undefined,
    (why) => renewals.push(why),
  )
  return renewals
}

/** Whether news travels. */
export const isThere = (bus: Bus): Promise<boolean> =>
  bus.ping().then(
    () => true,
    () => false,
  )

export const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

interface Picture {
  readonly members: readonly string[]
  readonly holders: number
  readonly unwanted?: readonly string[]
}

/** Questions that a busy machine answers in a second: a node answers for itself alone what takes Redis longer. */
const AT_ONCE = 100

/** All that a node can be asked about a set. */
async function picture({ presence }: Bus, set: string, asked: readonly string[]) {
  const members = await presence.members(set)
  const present: boolean[] = []
  for (let from = 0; from < asked.length; from += AT_ONCE) {
    const members = asked.slice(from, from + AT_ONCE)
    present.push(...(await Promise.all(members.map((member) => presence.has(set, member)))))
  }
  return {
    members: [...members.keys()].toSorted(),
    count: await presence.count(set),
    present: asked.filter((_, n) => present[n]),
    holders: await presence.countHolders(set),
    isNamed: (await presence.names('')).includes(set),
  }
}

/** Checks each node's answers about a set; `unwanted` lists members that must not be in it. */
export async function assertPictured(
  buses: readonly Bus[],
  set: string,
  { members, holders, unwanted = [] }: Picture,
): Promise<void> {
  const sorted = members.toSorted()
  const expected = {
    members: sorted,
    count: members.length,
    present: sorted,
    holders,
    isNamed: members.length > 0,
  }
  for (const bus of buses) assert.deepEqual(await picture(bus, set, [...sorted, ...unwanted]), expected)
}

/** As `assertPictured`, of which the last failure is told when none of its tries in the time of `until` passes. */
export async function untilPictured(buses: readonly Bus[], set: string, expected: Picture): Promise<void> {
  let failure: unknown
  const isPictured = () =>
    assertPictured(buses, set, expected).then(
      () => true,
      (error: unknown) => {
        failure = error
        return false
      },
    )
  await until(`the right picture of ${set}`, isPictured).catch((error: unknown) => {
    throw failure ?? error
  })
}
