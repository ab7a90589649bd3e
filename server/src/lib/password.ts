import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Lane } from './lane.ts'

const argon2Async = promisify(argon2)

/** OWASP's floor for argon2id: 19 MiB, two passes, one lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const
const TAG_BYTES = 32
const SALT_BYTES = 16
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

// Two at a time leave threads for the disk and DNS; each holds 19 MiB, so the queue bounds memory too.
const lane = new Lane({ concurrency: 2, maxWaiting: 500 })

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

/** An argon2id hash in PHC form. Throws `LaneFull` when 500 hashes already wait. */
export function hashPassword(password: string): Promise<string> {
  return lane.run(async () => {
    const nonce = randomBytes(SALT_BYTES)
    const tag = await argon2Async('argon2id', { message: password, nonce, tagLength: TAG_BYTES, ...COST })
    const { memory, passes, parallelism } = COST
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(nonce)}$${unpadded(tag)}`
  })
}

/** Whether the password matches. Without a hash it takes the same time and answers false. */
export function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  return lane.run(async () => {
    const parts = PHC.exec(hash ?? '')
    const [, memory, passes, parallelism, salt, expected] = parts ?? []
    const wanted = Buffer.from(expected ?? '', 'base64')
    const tag = await argon2Async('argon2id', {
      message: password,
      nonce: salt ? Buffer.from(salt, 'base64') : randomBytes(SALT_BYTES),
      tagLength: wanted.length || TAG_BYTES,
      memory: Number(memory ?? COST.memory),
      passes: Number(passes ?? COST.passes),
      parallelism: Number(parallelism ?? COST.parallelism),
    })
    return parts !== null && timingSafeEqual(tag, wanted)
  })
}
