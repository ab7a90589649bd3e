import type { Micros } from '../lib/clock.ts'
import type {
  ExportedBond,
  ExportedMembership,
  ExportedMessage,
  ExportedMessages,
  ExportedProfile,
  ExportedReaction,
  ExportStore,
  FileStore,
  StoredFile,
} from '../store/store.ts'
import { ChatError, isStoreFailure } from './errors.ts'
import type { AccountId } from './types.ts'

/** Lines of a page at most. */
const PAGE = 250

/** Rises when a line means something else than before. */
const VERSION = 1

/** An account's data as they are told. The first line is the header, the last the end: without it the export is cut off. */
export type ExportLine =
  | { readonly kind: 'export'; readonly version: number; readonly account: AccountId; readonly at: Micros }
  | ({ readonly kind: 'profile' } & ExportedProfile)
  | ({ readonly kind: 'contact' | 'block' } & ExportedBond)
  | ({ readonly kind: 'membership' } & ExportedMembership)
  | ({ readonly kind: 'message' } & ExportedMessage)
  | ({ readonly kind: 'reaction' } & ExportedReaction)
  /** Its bytes are asked for on their own. */
  | ({ readonly kind: 'file' } & StoredFile)
  | { readonly kind: 'end'; readonly counts: ExportCounts }

type CountedLine = Exclude<ExportLine, { kind: 'export' | 'end' }>

/** Lines of each kind. */
type ExportCounts = Readonly<Record<CountedLine['kind'], number>>

type Page = readonly ExportLine[]

interface AccountExportOptions {
  readonly store: ExportStore
  readonly files: Pick<FileStore, 'listOwn'>
  readonly accountId: AccountId
  readonly at: Micros
  /** Called once: the export is at its end, was returned, or has failed with the store. */
  readonly onEnd: (hasFailed: boolean) => void
}

/**
 * An export under way: pages of at most 250 lines, each read when it is asked for. A `for await` that is left early
 * returns it; any other caller calls `return` when it wants no more, also before the first page.
 */
export class AccountExport implements AsyncIterable<Page> {
  readonly #options: AccountExportOptions
  readonly #pages: AsyncGenerator<Page, undefined>
  #hasEnded = false

  constructor(options: AccountExportOptions) {
    this.#options = options
    this.#pages = pagesOf(options)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Page, undefined>> {
    try {
      const result = await this.#pages.next()
      if (result.done) this.#end(false)
      return result
    } catch (error) {
      this.#end(isStoreFailure(error))
      throw error
    }
  }

  /** Ends it, and gives its place to another. */
  async return(): Promise<IteratorResult<Page, undefined>> {
    this.#end(false)
    return this.#pages.return(undefined)
  }

  #end(hasFailed: boolean): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#options.onEnd(hasFailed)
  }
}

async function* pagesOf({
  store,
  files,
  accountId,
  at,
}: AccountExportOptions): AsyncGenerator<Page, undefined> {
  const profile = await store.profile(accountId)
  if (!profile) throw new ChatError('unknown_account', { accountId })
  const header = { kind: 'export', version: VERSION, account: accountId, at } as const
  yield [header, { kind: 'profile', ...profile }]
  const counts = { profile: 1, contact: 0, block: 0, membership: 0, message: 0, reaction: 0, file: 0 }
  for (const lists of [listsOf(store, accountId), filesOf(files, accountId)])
    for await (const page of lists) {
      for (const { kind } of page) counts[kind]++
      yield page
    }
  yield [{ kind: 'end', counts }]
  return undefined
}

async function* listsOf(store: ExportStore, accountId: AccountId): AsyncGenerator<readonly CountedLine[]> {
  const contacts = paged<ExportedBond>((last) => store.contacts(accountId, last?.accountId ?? 0, PAGE))
  for await (const page of contacts) yield page.map((row) => ({ kind: 'contact', ...row }))
  const blocks = paged<ExportedBond>((last) => store.blocks(accountId, last?.accountId ?? 0, PAGE))
  for await (const page of blocks) yield page.map((row) => ({ kind: 'block', ...row }))
  const memberships = paged<ExportedMembership>((last) =>
    store.memberships(accountId, last?.conversation.conversationId ?? 0, PAGE),
  )
  for await (const page of memberships) yield page.map((row) => ({ kind: 'membership', ...row }))
  for await (const page of messagesOf(store, accountId))
    yield page.map((row) => ({ kind: 'message', ...row }))
  const reactions = paged<ExportedReaction>((last) => store.reactions(accountId, last ?? null, PAGE))
  for await (const page of reactions) yield page.map((row) => ({ kind: 'reaction', ...row }))
}

async function* filesOf(
  files: AccountExportOptions['files'],
  accountId: AccountId,
): AsyncGenerator<readonly CountedLine[]> {
  const own = paged<StoredFile>((last) => files.listOwn(accountId, last?.fileId ?? '', PAGE))
  for await (const page of own) yield page.map((row) => ({ kind: 'file', ...row }))
}

/** Pages until an empty one. */
async function* paged<Row>(
  next: (last: Row | undefined) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  for (let last: Row | undefined; ; ) {
    const rows = await next(last)
    last = rows.at(-1)
    if (last === undefined) return
    yield rows
  }
}

async function* messagesOf(
  store: ExportStore,
  accountId: AccountId,
): AsyncGenerator<readonly ExportedMessage[]> {
  const upTo = await store.lastMessageId()
  for (let after: readonly number[] | null = []; after !== null; ) {
    const page: ExportedMessages = await store.messages(accountId, { after, upTo }, PAGE)
    if (page.items.length > 0) yield page.items
    after = page.after
  }
}
