import type { PresenceShift } from '../bus.ts'
import type { Names } from './names.ts'
import { DESCRIBE, HOLD, NOTE, RELEASE, RENEW } from './scripts.ts'
import type { RedisCommands } from './wire.ts'

/** Members that one script looks at, so that Redis is never held up for more than a millisecond. */
export const CHUNK = 500

export interface Hold {
  readonly member: string
  /** On one node; 0 when it has gone from there. */
  readonly holders: number
  readonly about: string
}

/** -1: it has gone from the set, over all nodes. 1: it has come. */
export type Shift = -1 | 0 | 1

export interface Renewal {
  readonly epoch: string
  readonly wasHeld: boolean
  readonly dying: readonly string[]
  /** By Redis's clock. */
  readonly leaseUntil: number
}

/** A node as Redis knows it. */
export interface Holder {
  readonly name: string
  readonly leaseUntil: number
}

/** The presence of all nodes of a cluster, in Redis. Knows the keys and the scripts. */
export class SharedPresence {
  readonly #redis: RedisCommands
  readonly #names: Names

  constructor(redis: RedisCommands, names: Names) {
    this.#redis = redis
    this.#names = names
  }

  async renew(nodeId: string, { leaseMs, mayBury }: { leaseMs: number; mayBury: boolean }): Promise<Renewal> {
    const reply = await this.#redis.eval(RENEW, {
      keys: [this.#names.key('{nodes}:leases'), this.#dying, this.#names.key('{nodes}:epoch')],
      arguments: [nodeId, String(leaseMs), crypto.randomUUID(), mayBury ? '1' : '0'],
    })
    const [epoch, held, dying, leaseUntil] = reply as [string, number, string[], number]
    return { epoch, wasHeld: held === 1, dying, leaseUntil }
  }

  /**
   * At most `CHUNK`, of a set that has been noted as one of the node's. Answers one shift for each, and none once
   * the lease has run out.
   */
  async hold({ name, leaseUntil }: Holder, set: string, holds: readonly Hold[]): Promise<readonly Shift[]> {
    const said = holds.flatMap(({ member, holders, about }) => [member, String(holders), about])
    const reply = await this.#redis.eval(HOLD, {
      keys: this.#keysOf(set, name),
      arguments: [String(leaseUntil), ...said],
    })
    return reply as Shift[]
  }

  /** Does nothing when the member is absent or the lease has run out. */
  async describe(
    { leaseUntil }: Holder,
    set: string,
    { member, about }: Pick<Hold, 'member' | 'about'>,
  ): Promise<void> {
    await this.#redis.eval(DESCRIBE, {
      keys: [this.#names.ofSet(set, 'members'), this.#names.ofSet(set, 'about')],
      arguments: [String(leaseUntil), member, about],
    })
  }

  async noteSets({ name, leaseUntil }: Holder, sets: readonly string[]): Promise<void> {
    for (let from = 0; from < sets.length; from += CHUNK) {
      await this.#redis.eval(NOTE, {
        keys: [this.#names.setsOf(name)],
        arguments: [String(leaseUntil), ...sets.slice(from, from + CHUNK)],
      })
    }
  }

  async forgetSet(nodeId: string, set: string): Promise<void> {
    await this.#redis.sRem(this.#names.setsOf(nodeId), set)
  }

  /**
   * Takes back all that a node held, in the sets that it had noted and in `others`. Several may do it at once:
   * each member that goes is told to one of them.
   */
  async bury(
    nodeId: string,
    onGone: (shift: PresenceShift) => void,
    others: Iterable<string> = [],
  ): Promise<void> {
    const noted = await this.#redis.sMembers(this.#names.setsOf(nodeId))
    for (const set of new Set([...noted, ...others])) {
      let isLeft = true
      while (isLeft) {
        const reply = await this.#redis.eval(RELEASE, {
          keys: this.#keysOf(set, nodeId),
          arguments: [String(CHUNK)],
        })
        const [left, gone] = reply as [number, string[]]
        for (let i = 0; i < gone.length; i += 2) {
          onGone({
            set,
            member: gone[i] ?? '',
            about: gone[i + 1] ?? '',
            isPresent: false,
            isRepeated: false,
          })
        }
        isLeft = left === 1
      }
    }
    await this.#redis.del(this.#names.setsOf(nodeId))
    await this.#redis.sRem(this.#dying, nodeId)
    await this.#redis.zRem(this.#names.key('{nodes}:leases'), nodeId)
  }

  async members(set: string): Promise<ReadonlyMap<string, string>> {
    const [members, abouts] = await Promise.all([
      this.#redis.hKeys(this.#names.ofSet(set, 'members')),
      this.#redis.hGetAll(this.#names.ofSet(set, 'about')),
    ])
    return new Map(members.map((member) => [member, abouts[member] ?? '']))
  }

  count(set: string): Promise<number> {
    return this.#redis.hLen(this.#names.ofSet(set, 'members'))
  }

  async has(set: string, member: string): Promise<boolean> {
    return (await this.#redis.hExists(this.#names.ofSet(set, 'members'), member)) === 1
  }

  async countHolders(set: string): Promise<number> {
    return Number((await this.#redis.get(this.#names.ofSet(set, 'total'))) ?? 0)
  }

  async names(prefix: string): Promise<readonly string[]> {
    const nodes = await this.#redis.zRange(this.#names.key('{nodes}:leases'), 0, -1)
    const found = new Set<string>()
    const match = `${prefix.replace(/[\\*?[\]^-]/g, '\\$&')}*`
    for (const nodeId of nodes) {
      let cursor = '0'
      do {
        const page = await this.#redis.sScan(this.#names.setsOf(nodeId), cursor, {
          MATCH: match,
          COUNT: CHUNK,
        })
        for (const set of page.members) found.add(set)
        cursor = page.cursor
      } while (cursor !== '0')
    }
    return [...found]
  }

  get #dying(): string {
    return this.#names.key('{nodes}:dying')
  }

  #keysOf(set: string, nodeId: string): string[] {
    return [
      this.#names.ofSet(set, 'members'),
      this.#names.ofSet(set, 'about'),
      this.#names.ofSet(set, 'total'),
      this.#names.ofSet(set, `of:${nodeId}`),
    ]
  }
}
