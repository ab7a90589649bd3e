import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AccountId, FileId, MessagePlace } from '../core/chat.ts'
import type { Micros } from '../lib/clock.ts'

/** Paths of files, below which is the file's name on the wire. */
export const FILES_PATH = '/v1/files'

export const fileName = (fileId: FileId): string => `f_${fileId}`

interface FileLinksOptions {
  /** Nobody else has it, and all nodes have the same. */
  readonly key: string
  /** Where people reach the server, without a path; undefined while that is not known, or where no dialect serves files. */
  readonly base: () => string | undefined
}

/** Addresses of files that prove by themselves who may read them. */
export class FileLinks {
  readonly #options: FileLinksOptions

  constructor(options: FileLinksOptions) {
    this.#options = options
  }

  /** Good as long as the file hangs on that message. Undefined where nobody could follow it. */
  onMessage(place: MessagePlace, fileId: FileId): string | undefined {
    const base = this.#options.base()
    if (base === undefined) return undefined
    const at = `${place.conversationId}.${place.seq}`
    return `${base}${FILES_PATH}/${fileName(fileId)}?at=${at}&sig=${this.#messageSignature(place, fileId)}`
  }

  isOnMessage(place: MessagePlace, fileId: FileId, signature: string): boolean {
    return isSame(this.#messageSignature(place, fileId), signature)
  }

  /** Good for that account until then, as long as it may read the file. */
  forAccount(accountId: AccountId, fileId: FileId, expiresAt: Micros): string {
    const query = `account=${accountId}&expires=${expiresAt}&sig=${this.#accountSignature(accountId, fileId, expiresAt)}`
    return `${this.#options.base() ?? ''}${FILES_PATH}/${fileName(fileId)}?${query}`
  }

  isForAccount(
    { accountId, expiresAt }: { accountId: AccountId; expiresAt: Micros },
    fileId: FileId,
    signature: string,
  ): boolean {
    return isSame(this.#accountSignature(accountId, fileId, expiresAt), signature)
  }

  #messageSignature({ conversationId, seq }: MessagePlace, fileId: FileId): string {
    return this.#sign(['message', fileId, conversationId, seq])
  }

  #accountSignature(accountId: AccountId, fileId: FileId, expiresAt: Micros): string {
    return this.#sign(['account', fileId, accountId, expiresAt])
  }

  #sign(facts: readonly (string | number)[]): string {
    return createHmac('sha256', this.#options.key).update(JSON.stringify(facts)).digest('base64url')
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
