import { createHash } from 'node:crypto'
import type { AccountId, Once } from '../../core/chat.ts'
import { isJsonObject } from '../../lib/json.ts'
import type { Asker, Circumstances } from './call.ts'
import { Refusal } from './refusal.ts'

/** Requests that may come twice, by the keys that their clients have given them. */
export class Repeats {
  /** Those that are running: as many as there are requests at a time. */
  readonly #running = new Set<string>()

  /** Refuses `idempotency_key_in_use` while the first one of that key is running on this node. */
  async runOnce<T>(accountId: AccountId, key: string | undefined, run: () => Promise<T>): Promise<T> {
    if (key === undefined) return run()
    const name = `${accountId} ${key}`
    if (this.#running.has(name)) throw new Refusal('idempotency_key_in_use')
    this.#running.add(name)
    try {
      return await run()
    } finally {
      this.#running.delete(name)
    }
  }
}

interface Repeatable extends Pick<Circumstances, 'idempotencyKey'> {
  readonly asker: Asker
  readonly body: unknown
}

/** By this the store knows a request that comes again; undefined where the client has given it no key. */
export function onceOf(operation: string, { idempotencyKey: key, body }: Repeatable): Once | undefined {
  if (key === undefined) return undefined
  const digest = createHash('sha256')
    .update(JSON.stringify(sorted(body)))
    .digest('base64url')
  return { key, operation, digest }
}

/** The same value, whatever the order in which a client writes its fields. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isJsonObject(value)) return value
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(fields.map(([name, inner]) => [name, sorted(inner)]))
}
