import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { type Asker, FairLane } from './fair-lane.ts'
import { passwordForms } from './password-form.ts'

const argon2Async = promisify(argon2)

/** What a hash of argon2id costs, and with it each guess of who has stolen one (RFC 9106). */
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

const ANYBODY: Asker = { key: '', isKnown: false }

/** Hashes and checks passwords, for each asker in turn. */
export class Passwords {
  readonly #cost: PasswordCost
  // Two at a time leave threads for the disk and DNS; each holds its memory, so the queue bounds that too.
  readonly #lane = new FairLane({ concurrency: 2, maxWaiting: 500 })

  constructor(cost: PasswordCost = PASSWORD_COST) {
    this.#cost = cost
  }

  /** An argon2id hash in PHC form. Throws `LaneFull` when too many wait; see `FairLane`. */
  hash(password: string, asker = ANYBODY): Promise<string> {
    const [form] = passwordForms(password)
    return this.#lane.run(async () => {
      const nonce = randomBytes(SALT_BYTES)
      const { memory, passes } = this.#cost
      const options = { tagLength: TAG_BYTES, memory, passes, parallelism: PARALLELISM }
      const tag = await argon2Async('argon2id', { message: form, nonce, ...options })
      return `$argon2id$v=19$m=${memory},t=${passes},p=${PARALLELISM}$${unpadded(nonce)}$${unpadded(tag)}`
    }, asker)
  }

  /** Whether the password matches, whatever that hash has cost. Without one it takes the same time and answers false. */
  async verify(password: string, hash: string | undefined, asker = ANYBODY): Promise<boolean> {
    return (await this.match(passwordForms(password), hash, asker)) !== undefined
  }

  /**
   * The one of these texts that the hash was made of. Each is hashed, whichever matches and whether there is a hash:
   * the time says how many they are and nothing else. Throws as `hash` does.
   */
  match(texts: readonly string[], hash: string | undefined, asker = ANYBODY): Promise<string | undefined> {
    return this.#lane.run(async () => {
      const parts = PHC.exec(hash ?? '')
      let matching: string | undefined
      for (const text of texts) if (await this.#isOf(text, parts)) matching ??= text
      return matching
    }, asker)
  }

  async #isOf(text: string, parts: RegExpExecArray | null): Promise<boolean> {
    const [, memory, passes, parallelism, salt, expected] = parts ?? []
    const wanted = Buffer.from(expected ?? '', 'base64')
    const tag = await argon2Async('argon2id', {
      message: text,
      nonce: salt ? Buffer.from(salt, 'base64') : randomBytes(SALT_BYTES),
      tagLength: wanted.length || TAG_BYTES,
      memory: Number(memory ?? this.#cost.memory),
      passes: Number(passes ?? this.#cost.passes),
      parallelism: Number(parallelism ?? PARALLELISM),
    })
    return parts !== null && timingSafeEqual(tag, wanted)
  }
}
