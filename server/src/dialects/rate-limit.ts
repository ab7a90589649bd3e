import type { IncomingMessage } from 'node:http'
import { ChatError } from '../core/chat.ts'
import { type AddressOf, costOfPush, type LimitKind, type Limits } from '../transport/index.ts'

/** Refuses 'rate_limited' unless there is nothing to wait for: `Limits.take` and `check` answer seconds. */
export function requireWithinLimit(retryAfterSeconds: number): void {
  if (retryAfterSeconds > 0) throw new ChatError('rate_limited', { retryAfterSeconds })
}

/** Whole seconds to wait before asking again, where a refusal tells. */
export function retryAfterOf(error: unknown): number {
  const seconds = error instanceof ChatError ? error.details.retryAfterSeconds : undefined
  return typeof seconds === 'number' ? seconds : 1
}

/** Members that are as much work as a small new conversation: each of them is looked up, written and told. */
const MEMBERS_PER_TOKEN = 100

/** Number of small conversations that a new one counts as, when each member is told `toldBytes` bytes. */
export const costOfCreation = (members: number, toldBytes = 0): number =>
  members / MEMBERS_PER_TOKEN + costOfPush(toldBytes)

/** Bytes of the names in news of a new conversation: all that a chatapp frame can name when it makes one fit. */
const MAX_NAMES_BYTES = 128 * 1024

/** The first names, as many as news of a new conversation lists, and their bytes in JSON. */
export function namesToTell(names: readonly string[]): { names: readonly string[]; bytes: number } {
  let bytes = 0
  for (const [n, name] of names.entries()) {
    const length = Buffer.byteLength(JSON.stringify(name)) + 1
    if (bytes + length > MAX_NAMES_BYTES) return { names: names.slice(0, n), bytes }
    bytes += length
  }
  return { names, bytes }
}

/**
 * A hook that refuses an address past its limit of log-ins or registrations before the request's body is read. It
 * counts nothing: that is done once the body is known to be one.
 */
export const refusePast =
  (kind: LimitKind, { limits, addressOf }: { readonly limits: Limits; readonly addressOf: AddressOf }) =>
  async ({ raw }: { readonly raw: IncomingMessage }): Promise<void> =>
    requireWithinLimit(limits.check(kind, addressOf(raw)))
