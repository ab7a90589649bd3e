import type { FastifyReply } from 'fastify'
import type { LimitKind, Limits } from '../../transport/index.ts'
import { requireWithinLimit } from '../rate-limit.ts'

/** Kinds that all clients of a node share a bucket of, beside each one's own. */
export const IN_ALL: Partial<Readonly<Record<LimitKind, LimitKind>>> = {
  edit: 'editInAll',
  read: 'readInAll',
  react: 'reactInAll',
  search: 'searchInAll',
  typing: 'typingInAll',
  watch: 'watchInAll',
}

/** One bucket of the limits, and what answers say of it: the RateLimit fields of the IETF's draft 11. */
export class Budget {
  readonly #limits: Limits
  readonly #kind: LimitKind
  readonly #policy: string

  constructor(limits: Limits, kind: LimitKind) {
    this.#limits = limits
    this.#kind = kind
    const { burst, perSecond } = limits.rateOf(kind)
    this.#policy = `"${kind}";q=${burst};w=${Math.ceil(burst / perSecond)}`
  }

  /** Refuses 'rate_limited', and takes nothing. */
  check(payer: string | number): void {
    requireWithinLimit(this.#limits.check(this.#kind, payer))
  }

  /** Refuses 'rate_limited'. */
  take(reply: FastifyReply, payer: string | number, cost?: number): void {
    const wait = this.#limits.take(this.#kind, payer, cost)
    this.tell(reply, payer)
    requireWithinLimit(wait)
    const inAll = IN_ALL[this.#kind]
    if (inAll) requireWithinLimit(this.#limits.take(inAll, '', cost))
  }

  tell(reply: FastifyReply, payer: string | number): void {
    const left = this.#limits.left(this.#kind, payer)
    if (left === undefined) return
    reply.header('ratelimit-policy', this.#policy)
    reply.header('ratelimit', `"${this.#kind}";r=${left.tokens};t=${left.fullInSeconds}`)
  }
}
