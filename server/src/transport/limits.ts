import { pinnedBatchBytes } from '../delivery/index.ts'
import { MemoryBudget } from '../lib/memory-budget.ts'
import { LIMITS, type LimitKind, type Rate } from '../lib/rates.ts'
import { HANDSHAKES, STRANGERS, type StrangerBounds } from './strangers.ts'

/** Amounts that one payer may have at a time, however slowly it got them. */
export const HOLDS = {
  /** Subscriptions of Pusher clients, by address: anyone who knows the key may have them. */
  subscription: 50_000,
  /** Users that Pusher clients watch, by address. */
  watch: 50_000,
  /** Requests that send bytes of uploads, by account. */
  upload: 16,
  /** Files that are being read, by account and by address: a folder opens only so many. */
  download: 64,
  downloadFrom: 128,
} as const

const MEBIBYTE = 1024 * 1024

/** Bytes for input that is not finished and output that is not read. */
export const MEMORY = { perAddress: 64 * MEBIBYTE, inAll: 256 * MEBIBYTE } as const

type HoldKind = keyof typeof HOLDS

/** One of an amount, and whose it is. */
export type Held = readonly [kind: HoldKind, key: string]

interface Bucket {
  tokens: number
  at: number
}

const SWEEP_AT = 50_000

/** Token buckets by kind and key. At most `SWEEP_AT` of a kind are kept before the full ones are dropped. */
export class Limits {
  /** Bounds the bytes held for peers: in all always, per address only where limits are on. */
  readonly memory: MemoryBudget
  /** Bounds of `Strangers`: in all always, per address only where limits are on. */
  readonly strangers: StrangerBounds
  /** Bounds of those of them that have begun a handshake of TLS. */
  readonly handshakes: StrangerBounds
  readonly #isOn: boolean
  readonly #now: () => number
  readonly #rates: Readonly<Record<LimitKind, Rate>>
  readonly #refusals = new Map<LimitKind, number>()
  readonly #buckets = new Map<LimitKind, Map<string | number, Bucket>>()
  readonly #held = new Map<string, number>()

  /** `changed` are the rates that are others than usual. */
  constructor(
    isOn: boolean,
    nowSeconds: () => number = () => performance.now() / 1000,
    changed: Partial<Readonly<Record<LimitKind, Rate>>> = {},
  ) {
    this.#isOn = isOn
    this.#rates = { ...LIMITS, ...changed }
    const perAddress = isOn ? MEMORY.perAddress : Number.POSITIVE_INFINITY
    this.memory = new MemoryBudget({ ...MEMORY, perAddress }, pinnedBatchBytes)
    const bounded = (bounds: StrangerBounds) =>
      isOn ? bounds : { ...bounds, perAddress: Number.POSITIVE_INFINITY }
    this.strangers = bounded(STRANGERS)
    this.handshakes = bounded(HANDSHAKES)
    this.#now = nowSeconds
  }

  /** How often each kind has refused, for those that have. */
  get refusals(): Iterable<readonly [kind: LimitKind, count: number]> {
    return this.#refusals
  }

  rateOf(kind: LimitKind): Rate {
    return this.#rates[kind]
  }

  /**
   * Takes one token, or as many as it costs. A key with one token left may go into debt, which is waited out
   * afterwards. Returns 0 when allowed, else the whole seconds (at least 1) to wait.
   */
  take(kind: LimitKind, key: string | number, cost = 1): number {
    if (!this.#isOn) return 0
    const bucket = this.#refilled(kind, key)
    if (bucket.tokens >= 1) {
      bucket.tokens -= cost
      return 0
    }
    return this.#wait(kind, bucket)
  }

  /** As `take`, but takes nothing: for what is counted only when it goes wrong. */
  check(kind: LimitKind, key: string | number): number {
    if (!this.#isOn) return 0
    const bucket = this.#refilled(kind, key)
    return bucket.tokens >= 1 ? 0 : this.#wait(kind, bucket)
  }

  /** Counts what is known only afterwards, such as the length of an answer: later ones wait for it. */
  charge(kind: LimitKind, key: string | number, cost: number): void {
    if (this.#isOn) this.#refilled(kind, key).tokens -= cost
  }

  /** Undoes a `take` that turned out not to count. */
  giveBack(kind: LimitKind, key: string | number): void {
    const bucket = this.#buckets.get(kind)?.get(key)
    if (bucket) bucket.tokens = Math.min(this.#rates[kind].burst, bucket.tokens + 1)
  }

  /** Tokens that are there, and whole seconds until all are; undefined where limits are off. */
  left(kind: LimitKind, key: string | number): { tokens: number; fullInSeconds: number } | undefined {
    if (!this.#isOn) return undefined
    const { tokens } = this.#refilled(kind, key)
    const { burst, perSecond } = this.#rates[kind]
    return { tokens: Math.max(0, Math.floor(tokens)), fullInSeconds: Math.ceil((burst - tokens) / perSecond) }
  }

  mayHold(kind: HoldKind, key: string): boolean {
    return !this.#isOn || (this.#held.get(`${kind} ${key}`) ?? 0) < HOLDS[kind]
  }

  /** Counts one more until it is let go. */
  hold(kind: HoldKind, key: string): void {
    const name = `${kind} ${key}`
    this.#held.set(name, (this.#held.get(name) ?? 0) + 1)
  }

  letGo(kind: HoldKind, key: string): void {
    const name = `${kind} ${key}`
    const held = (this.#held.get(name) ?? 0) - 1
    if (held > 0) this.#held.set(name, held)
    else this.#held.delete(name)
  }

  /** Counts one more of each until the answer is called; undefined where there are too many of one. */
  holdAll(all: readonly Held[]): (() => void) | undefined {
    if (!all.every(([kind, key]) => this.mayHold(kind, key))) return undefined
    for (const [kind, key] of all) this.hold(kind, key)
    let isHeld = true
    return () => {
      if (isHeld) for (const [kind, key] of all) this.letGo(kind, key)
      isHeld = false
    }
  }

  #wait(kind: LimitKind, bucket: Bucket): number {
    this.#refusals.set(kind, (this.#refusals.get(kind) ?? 0) + 1)
    return Math.max(1, Math.ceil((1 - bucket.tokens) / this.#rates[kind].perSecond))
  }

  #refilled(kind: LimitKind, key: string | number): Bucket {
    const rate = this.#rates[kind]
    const { burst, perSecond } = rate
    const now = this.#now()
    const buckets = this.#bucketsOf(kind)
    const bucket = buckets.get(key)
    if (bucket) {
      bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * perSecond)
      bucket.at = now
      return bucket
    }
    if (buckets.size >= SWEEP_AT) sweep(buckets, rate, now)
    const fresh = { tokens: burst, at: now }
    buckets.set(key, fresh)
    return fresh
  }

  #bucketsOf(kind: LimitKind): Map<string | number, Bucket> {
    const known = this.#buckets.get(kind)
    if (known) return known
    const fresh = new Map<string | number, Bucket>()
    this.#buckets.set(kind, fresh)
    return fresh
  }
}

/** Drops buckets that have refilled; if an attack keeps them all in use, the oldest half. */
function sweep(buckets: Map<string | number, Bucket>, { burst, perSecond }: Rate, now: number): void {
  for (const [key, { tokens, at }] of buckets) {
    if (tokens + (now - at) * perSecond >= burst) buckets.delete(key)
  }
  let excess = buckets.size - SWEEP_AT / 2
  for (const key of buckets.keys()) {
    if (excess-- <= 0) break
    buckets.delete(key)
  }
}
