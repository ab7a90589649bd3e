import { digest } from '../lib/ids.ts'
import type { RequestKey } from '../store/store.ts'

/** A request that creates something, and that its client may repeat because no answer came. */
export interface Once {
  /** The client's own name for the request, of whatever form. */
  readonly key: string
  /** The request's name, with all that its address says. */
  readonly operation: string
  /** All else that it asks for, or a digest of that: a repeat asks for the same. */
  readonly digest: string
}

/** `what` keeps the results of different kinds apart, whatever the operations are called. */
export const requestKeyOf = (what: string, once: Once, nonce: string | null = null): RequestKey => ({
  // Digests have one short length and plain characters, whatever the client sends.
  key: digest(once.key),
  operation: digest(`${what} ${once.operation}`),
  digest: digest(once.digest),
  nonce,
})
