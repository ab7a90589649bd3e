import type { Fault, Problem } from '../protocol.ts'

/** Codes that this client gives by itself, beside those of the server's problems. */
export type OwnCode = 'disconnected' | 'outbox_full' | 'discarded' | 'ended' | 'unreadable'

interface Details {
  readonly status?: number
  readonly detail?: string
  readonly retryable?: boolean
  readonly errors?: readonly Fault[]
  /** Milliseconds, where the server has said it. */
  readonly retryAfter?: number | undefined
}

/** A refusal by the server, or a request that did not come through. */
export class ParlanceError extends Error {
  override readonly name = 'ParlanceError'
  /** For programs. Later servers may have more. */
  readonly code: string
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  /** The fields that could not be used. */
  readonly errors: readonly Fault[]
  readonly retryAfter: number | undefined

  constructor(code: string, details: Details = {}) {
    super(details.detail ?? code)
    this.code = code
    this.status = details.status ?? 0
    this.retryable = details.retryable ?? false
    this.errors = details.errors ?? []
    this.retryAfter = details.retryAfter
  }

  static from(problem: Problem, retryAfterSeconds?: number): ParlanceError {
    const retryAfter = retryAfterSeconds && retryAfterSeconds * 1_000
    return new ParlanceError(problem.code, { ...problem, retryAfter })
  }

  static disconnected(): ParlanceError {
    return new ParlanceError('disconnected', { retryable: true, detail: 'Not connected.' })
  }

  /** A promise that rejects so. */
  static unreached(): Promise<never> {
    return Promise.reject(ParlanceError.disconnected())
  }
}
