import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { FairSemaphore, type TaskOwner } from './fair-semaphore.ts'
import type { ForeignHash } from './foreign-password.ts'
import { innerHashOf } from './inner-hash.ts'
import { passwordForms } from './password-form.ts'
import {
  looksLikeMd5,
  md5Of,
  readStored,
  type Trial,
  trialsOf,
  writeStored,
  writeWrapped,
} from './stored-password.ts'

const argon2Async = promisify(argon2)

/** The cost of an argon2id hash, and so of each guess at a stolen one (RFC 9106). */
export interface PasswordCost {
  /** KiB. */
  readonly memory: number
  readonly passes: number
}

/** OWASP's floor: 19 MiB and two passes. */
export const PASSWORD_COST: PasswordCost = { memory: 19_456, passes: 2 }

const PARALLELISM = 1
const TAG_BYTES = 32
const SALT_BYTES = 16
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

const ANYBODY: TaskOwner = { key: '', isKnown: false }

interface Attempt {
  readonly owner?: TaskOwner
  /** Whether the client may have sent the MD5 of the typed password. */
  readonly isFromMd5Client?: boolean
}

/** 'outdated': proved, and the password is to be stored anew, by `hash` of the same attempt. */
type Proof = 'refused' | 'proved' | 'outdated'

/** Hashes and checks passwords, for each owner in turn. */
export class Passwords {
  readonly #cost: PasswordCost
  readonly #keepsMd5: boolean
  // Two at a time leave threads for the disk and DNS; each holds its memory, so the queue bounds that too.
  readonly #semaphore = new FairSemaphore({ concurrency: 2, maxWaiting: 500 })

  /** `keepsMd5`: store a verifier of the password's MD5 too, for clients that send that. */
  constructor(cost: PasswordCost = PASSWORD_COST, keepsMd5 = false) {
    this.#cost = cost
    this.#keepsMd5 = keepsMd5
  }

  /** Hashes that wait for their turn. */
  get waiting(): number {
    return this.#semaphore.waiting
  }

  /** The text to store, as `writeStored` makes it. Throws `QueueFull` when too many wait; see `FairSemaphore`. */
  hash(password: string, { owner = ANYBODY, isFromMd5Client = false }: Attempt = {}): Promise<string> {
    const [form] = passwordForms(password)
    return this.#semaphore.run(async () => {
      if (!this.#keepsMd5) return this.#verifierOf(form)
      if (isFromMd5Client && looksLikeMd5(form)) {
        return writeStored({ md5: await this.#verifierOf(form.toLowerCase()) })
      }
      const plain = await this.#verifierOf(form)
      return writeStored({ plain, md5: await this.#verifierOf(md5Of(form)) })
    }, owner)
  }

  /** The text to store of a password of which only another server's hash is known. Throws as `hash` does. */
  wrap({ inner, result }: ForeignHash): Promise<string> {
    return this.#semaphore.run(
      async () => writeWrapped({ inner, verifier: await this.#verifierOf(result) }),
      ANYBODY,
    )
  }

  /**
   * Whether `given` proves the stored password, at the cost of its own hash. Without a stored one, refuses after the
   * same time. Throws as `hash` does.
   */
  async prove(
    given: string,
    stored: string | undefined,
    { owner = ANYBODY, isFromMd5Client = false }: Attempt = {},
  ): Promise<Proof> {
    const read = readStored(stored)
    const trials = trialsOf(given, read, isFromMd5Client && this.#keepsMd5)
    const place = await this.#semaphore.run(() => this.#firstThatFits(trials), owner)
    if (place < 0) return 'refused'
    if (read.wrapped) return 'outdated'
    // The text behind a stored MD5 is not known: nothing better could be stored.
    if (!read.plain) return 'proved'
    const isOlderForm = place > 0 && !looksLikeMd5(given)
    return isOlderForm || (this.#keepsMd5 && !read.md5) ? 'outdated' : 'proved'
  }

  /** The place of the first trial that fits; -1 after all of them: the time tells their number and nothing else. */
  async #firstThatFits(trials: readonly Trial[]): Promise<number> {
    for (const [place, trial] of trials.entries()) if (await this.#fits(trial)) return place
    return -1
  }

  async #verifierOf(text: string | Buffer): Promise<string> {
    const nonce = randomBytes(SALT_BYTES)
    const { memory, passes } = this.#cost
    const options = { tagLength: TAG_BYTES, memory, passes, parallelism: PARALLELISM }
    const tag = await argon2Async('argon2id', { message: text, nonce, ...options })
    return `$argon2id$v=19$m=${memory},t=${passes},p=${PARALLELISM}$${unpadded(nonce)}$${unpadded(tag)}`
  }

  async #fits({ verifier, text, inner }: Trial): Promise<boolean> {
    const message = inner ? await innerHashOf(text, inner) : text
    const parts = PHC.exec(verifier ?? '')
    const [, memory, passes, parallelism, salt, expected] = parts ?? []
    const wanted = Buffer.from(expected ?? '', 'base64')
    const tag = await argon2Async('argon2id', {
      message,
      nonce: salt ? Buffer.from(salt, 'base64') : randomBytes(SALT_BYTES),
      tagLength: wanted.length || TAG_BYTES,
      memory: Number(memory ?? this.#cost.memory),
      passes: Number(passes ?? this.#cost.passes),
      parallelism: Number(parallelism ?? PARALLELISM),
    })
    return parts !== null && timingSafeEqual(tag, wanted)
  }
}
