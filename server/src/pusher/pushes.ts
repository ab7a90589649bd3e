import type { OriginId } from '../delivery/index.ts'
import type { LimitKind, Limits } from '../transport/index.ts'
import type { Connection } from './connection.ts'

/** A client that causes others to be sent something. */
interface Sender {
  readonly address: string
  /** Undefined when the client's user is not known. */
  readonly userId: OriginId | undefined
}

/** A client, and on a presence channel the member it is there. */
export const senderOf = (connection: Connection, memberId: string | undefined): Sender => ({
  address: connection.address,
  userId: connection.ownerId(memberId),
})

/** The origin under which its events count in the queues of clients that do not read. */
export const originOf = ({ address, userId }: Sender): OriginId => userId ?? `from ${address}`

/** Bounds what clients cause others to be sent: by user, by address and in all, over however many connections. */
export class Pushes {
  readonly #limits: Pick<Limits, 'check' | 'charge'>

  constructor(limits: Pick<Limits, 'check' | 'charge'>) {
    this.#limits = limits
  }

  mayPush(sender: Sender): boolean {
    return bucketsOf(sender).every(([kind, key]) => this.#limits.check(kind, key) === 0)
  }

  charge(sender: Sender, cost: number): void {
    for (const [kind, key] of bucketsOf(sender)) this.#limits.charge(kind, key, cost)
  }
}

function bucketsOf({ address, userId }: Sender): (readonly [LimitKind, string | number])[] {
  const buckets: (readonly [LimitKind, string | number])[] = [
    ['pushFrom', address],
    ['pushInAll', ''],
  ]
  if (userId !== undefined) buckets.push(['push', userId])
  return buckets
}
