import { type Clock, MICROS_PER_SECOND } from '../lib/clock.ts'
import type {
  AccountStore,
  ContactStore,
  ConversationStore,
  MentionStore,
  MessageStore,
  Standing,
} from '../store/store.ts'
import { MentionPace, type Naming } from './mention-pace.ts'
import { may } from './policy.ts'
import type { AccountId, ConversationId, Mention, MessageDetails, Sender } from './types.ts'

interface MentionsParts {
  readonly store: {
    readonly accounts: AccountStore
    readonly contacts: ContactStore
    readonly conversations: ConversationStore
    readonly mentions: MentionStore
    readonly messages: Pick<MessageStore, 'listDetails'>
  }
  readonly clock: Clock
}

/** Places of one text at which somebody may be named, and different names that are looked for. */
const MAX_MENTIONS = 50

/** In a larger conversation, everybody is named once in this time. */
const LARGE = 100
const PAUSE_MICROS = 60 * MICROS_PER_SECOND

const EVERYBODY = 'all'

/** A name after an @ that begins a word. Names with other characters, such as blanks, cannot be named so. */
const NAMED = /(?<![\p{L}\p{N}\p{M}_@.-])@([\p{L}\p{N}\p{M}_.-]+)/gu
/** Punctuation that may be a name's, or behind it the sentence's. */
const PUNCTUATION = new Set('.-')

interface Spot {
  /** The longest first: with the punctuation behind it, and without. */
  readonly names: readonly string[]
  readonly from: number
}

/** Finds who is named in a text, and lists where an account was named. */
export class Mentions {
  readonly #store: MentionsParts['store']
  readonly #clock: Clock
  readonly #pace = new MentionPace(PAUSE_MICROS)

  constructor({ store, clock }: MentionsParts) {
    this.#store = store
    this.#clock = clock
  }

  /**
   * The members whom a text names, for a draft or an edit by an account of that standing: at most 50, without those who
   * have blocked the writer. A text without an @ is answered without a look at the store. `naming` tells a send that is
   * repeated, and an edit, from another message.
   */
  async find(writer: Sender, standing: Standing, body: string, naming?: Naming): Promise<readonly Mention[]> {
    const spots = spotsIn(body)
    if (spots.length === 0) return []
    const { conversation } = standing
    const mayNameAll =
      spots.some(({ names }) => names.includes(EVERYBODY)) &&
      (await this.#mayNameAll(writer, standing, naming))
    const names = [...new Set(spots.flatMap((spot) => spot.names))].slice(0, 2 * MAX_MENTIONS)
    const found = await Promise.all(names.map((name) => this.#member(name, standing)))
    const members = new Map(names.map((name, n) => [name, found[n]]))
    const ids = [...members.values()].flatMap((id) => (id === undefined ? [] : [id]))
    const blockers = new Set(
      ids.length === 0 ? [] : await this.#store.contacts.blockersOf(writer.accountId, ids),
    )
    return spots.flatMap(({ names: candidates, from }): Mention[] => {
      for (const name of candidates) {
        const at = [from, from + 1 + name.length] as const
        if (name === EVERYBODY && mayNameAll && conversation.kind !== 'private') return [{ all: true, at }]
        const account = members.get(name)
        if (account !== undefined) return blockers.has(account) ? [] : [{ account, at }]
      }
      return []
    })
  }

  /** The messages that name the account where it is a member, newest first, only ids below `before`. */
  list(accountId: AccountId, page: { before?: number; limit: number }): Promise<readonly MessageDetails[]> {
    return this.#store.mentions.list(accountId, { before: Number.MAX_SAFE_INTEGER, ...page })
  }

  async #member(name: string, { conversation }: Standing): Promise<AccountId | undefined> {
    const account = await this.#store.accounts.findByUsername(name)
    if (!account) return undefined
    const standing = await this.#store.conversations.standing(account.accountId, conversation.conversationId)
    return standing?.member ? account.accountId : undefined
  }

  async #mayNameAll(
    { accountId }: Sender,
    { conversation, member }: Standing,
    naming: Naming | undefined,
  ): Promise<boolean> {
    const { conversationId, kind, memberCount } = conversation
    if (!member || !may('mentionAll', member.role, kind)) return false
    if (memberCount <= LARGE) return true
    if (naming && 'seq' in naming && (await this.#namesAll(conversationId, naming.seq))) return true
    const stored = await this.#store.mentions.lastOfAll(conversationId)
    const by = naming && 'clientId' in naming ? `${accountId} ${naming.clientId}` : undefined
    return this.#pace.admit(conversationId, { by, stored, now: this.#clock.nowMicros() })
  }

  /** An edit that leaves the mention where it was names nobody anew. */
  async #namesAll(conversationId: ConversationId, seq: number): Promise<boolean> {
    const [message] = await this.#store.messages.listDetails(conversationId, { first: seq, last: seq })
    return message?.mentions.some((mention) => 'all' in mention) ?? false
  }
}

/** A regular expression would begin anew at each mark of a long row of them. */
function withoutEnding(name: string): string {
  let end = name.length
  while (PUNCTUATION.has(name[end - 1] ?? '')) end--
  return name.slice(0, end)
}

function spotsIn(body: string): readonly Spot[] {
  if (!body.includes('@')) return []
  const spots: Spot[] = []
  for (const { 1: name = '', index } of body.matchAll(NAMED)) {
    const bare = withoutEnding(name)
    const names = [...new Set([name, bare])].filter((each) => each !== '')
    if (names.length > 0) spots.push({ names, from: index })
    if (spots.length === MAX_MENTIONS) break
  }
  return spots
}
