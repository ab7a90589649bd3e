import type { Conversation, Events, Listing, Message, MessagePage, Person } from '../protocol.ts'
import type { KnownEvent } from '../wire/frames.ts'
import { refuse } from './refusal.ts'

interface FakeMember {
  readonly person: Person
  readSeq: number
  muted: boolean
  pinned: boolean
  archived: boolean
}

type Logged = {
  [Type in keyof Events]: {
    readonly change: number
    readonly type: Type
    /** As it is told now; undefined where nothing is left to tell. */
    readonly data: () => Events[Type] | undefined
  }
}[keyof Events]

export interface NewFakeMessage {
  readonly clientId: string
  readonly body: string
  readonly format?: 'markdown' | 'plain'
  readonly replyTo?: number | null
  readonly thread?: number | null
  readonly attachments?: readonly string[]
}

interface FakeConversationParts {
  readonly facts: Pick<Conversation, 'id' | 'kind' | 'name' | 'creator'>
  readonly people: readonly Person[]
  readonly time: () => string
  attached(owner: string, ids: readonly string[]): Message['attachments']
  onEvent(event: KnownEvent): void
}

/** One conversation of a fake server: its log, and who has read how far. */
export class FakeConversation {
  readonly members: ReadonlyMap<string, FakeMember>
  readonly #parts: FakeConversationParts
  readonly #messages: Message[] = []
  readonly #log: Logged[] = []
  #firstSeq = 1
  /** By place and key, who reacted. */
  readonly #reactions = new Map<string, string[]>()

  constructor(parts: FakeConversationParts) {
    this.#parts = parts
    this.members = new Map(
      parts.people.map((person) => [
        person.id,
        { person, readSeq: 0, muted: false, pinned: false, archived: false },
      ]),
    )
  }

  get id(): string {
    return this.#parts.facts.id
  }

  get lastChange(): number {
    return this.#log.length
  }

  get lastSeq(): number {
    return this.#messages.length
  }

  /** Every message as it is now, tombstones among them. */
  get messages(): readonly Message[] {
    return this.#messages
  }

  send(accountId: string, fresh: NewFakeMessage): Message {
    const member = this.#member(accountId)
    const first = this.#messages.find((one) => one.clientId === fresh.clientId && one.sender.id === accountId)
    if (first) return first
    const seq = this.lastSeq + 1
    const { body, clientId, format = 'markdown', replyTo = null, thread = null } = fresh
    const attachments = this.#parts.attached(accountId, fresh.attachments ?? [])
    const message: Message = {
      ...{ id: `m_${this.id}_${seq}`, conversation: this.id, seq, version: this.lastChange + 1 },
      ...{
        sender: member.person,
        clientId,
        body,
        format,
        replyTo,
        thread,
        replyCount: 0,
        lastReplySeq: null,
      },
      ...{ mentions: this.#mentionsIn(body), attachments, reactions: [] },
      ...{ sentAt: this.#parts.time(), editedAt: null, deletedAt: null, pinnedAt: null },
    }
    this.#messages.push(message)
    if (thread !== null) this.#countReplies(thread)
    member.readSeq = seq
    this.#record('message.sent', () => this.#told(seq))
    return message
  }

  edit(accountId: string, seq: number, body: string): Message {
    const message = this.#own(accountId, seq)
    if (message.deletedAt) refuse('not_found')
    this.#change(seq, { body, mentions: this.#mentionsIn(body), editedAt: this.#parts.time() })
    this.#record('message.edited', () => this.#told(seq))
    return this.#at(seq)
  }

  delete(accountId: string, seq: number): void {
    const { deletedAt, thread } = this.#own(accountId, seq)
    if (deletedAt) return
    const at = this.#parts.time()
    const wiped = { body: '', mentions: [], attachments: [], reactions: [], pinnedAt: null, deletedAt: at }
    const version = this.#change(seq, wiped)
    for (const name of this.#reactions.keys()) if (name.startsWith(`${seq} `)) this.#reactions.delete(name)
    if (thread !== null) this.#countReplies(thread)
    this.#record('message.deleted', () => ({ seq, version, deletedAt: at }))
  }

  /** Takes the oldest messages away, up to and with that place. */
  purge(upToSeq: number): void {
    this.#firstSeq = Math.max(this.#firstSeq, Math.min(upToSeq, this.lastSeq) + 1)
    this.#record('history.purged', () => ({ upToSeq }))
  }

  react(
    accountId: string,
    seq: number,
    { key, added }: { readonly key: string; readonly added: boolean },
  ): Message {
    this.#member(accountId)
    if (this.#at(seq).deletedAt) refuse('not_found')
    const name = `${seq} ${key}`
    const before = this.#reactions.get(name) ?? []
    if (before.includes(accountId) === added) return this.#at(seq)
    this.#reactions.set(name, added ? [...before, accountId] : before.filter((id) => id !== accountId))
    this.#change(seq, { reactions: this.#reactionsTo(seq) })
    const by = [{ account: accountId, key, added }]
    this.#record('message.reacted', () => {
      const { version, reactions, deletedAt } = this.#at(seq)
      return deletedAt ? undefined : { seq, version, reactions, by }
    })
    return this.#at(seq)
  }

  read(accountId: string, seq: number, force: boolean) {
    const member = this.#member(accountId)
    const mark = Math.min(seq, this.lastSeq)
    member.readSeq = force ? mark : Math.max(mark, member.readSeq)
    return this.readState(accountId)
  }

  readState(accountId: string) {
    const { readSeq } = this.#member(accountId)
    const after = this.#kept.filter((one) => one.seq > readSeq && !one.deletedAt)
    const isMention = ({ sender, mentions }: Message) =>
      sender.id !== accountId && mentions.some((one) => 'account' in one && one.account === accountId)
    return { readSeq, unread: after.length, mentions: after.filter(isMention).length }
  }

  changesAfter(change: number): readonly Omit<KnownEvent, 'conversation'>[] {
    return this.#log.slice(change).flatMap((one) => {
      const data = one.data()
      // The log's own pairs of type and data.
      return data ? [{ change: one.change, type: one.type, data } as Omit<KnownEvent, 'conversation'>] : []
    })
  }

  page(accountId: string, query: URLSearchParams): MessagePage {
    const limit = Number(query.get('limit') ?? 50)
    const [before, after, around] = ['before', 'after', 'around'].map((name) => query.get(name))
    const all = this.#messages
    const wanted =
      after != null
        ? Number(after)
        : around != null
          ? Math.max(0, Number(around) - 1 - Math.floor(limit / 2))
          : Math.max(0, (before != null ? Number(before) - 1 : all.length) - limit)
    const gone = this.#firstSeq - 1
    const start = Math.max(wanted, gone)
    const end = before != null ? Number(before) - 1 : start + limit
    const items = all.slice(start, Math.max(start, Math.min(end, start + limit)))
    const own = items.map(({ seq }) => [seq, this.ownOf(accountId, seq)] as const)
    return {
      items,
      own: Object.fromEntries(own.filter(([, keys]) => keys.length > 0)),
      head: all.length,
      hasBefore: start > gone,
      hasAfter: start + items.length < all.length,
    }
  }

  ownOf(accountId: string, seq: number): string[] {
    const mine = [...this.#reactions].filter(
      ([name, who]) => name.startsWith(`${seq} `) && who.includes(accountId),
    )
    return mine.map(([name]) => name.slice(name.indexOf(' ') + 1))
  }

  listing(accountId: string): Listing {
    const { muted, pinned, archived } = this.#member(accountId)
    const people = [...this.members.values()].map(({ person }) => person)
    return {
      ...{ ...this.#parts.facts, gid: this.id, topic: null, listed: false, membersAdd: true },
      retentionDays: null,
      ...{ createdAt: '2026-01-01T00:00:00.000000Z', firstSeq: this.#firstSeq, lastSeq: this.lastSeq },
      ...{ lastChange: this.lastChange, memberCount: people.length },
      lastMessage: this.#kept.findLast(({ deletedAt }) => !deletedAt) ?? null,
      me: { role: 'member', ...this.readState(accountId), muted, pinned, archived, notify: 'all' },
      can: [],
      other:
        this.#parts.facts.kind === 'private' ? (people.find(({ id }) => id !== accountId) ?? null) : null,
    }
  }

  #record<Type extends keyof Events>(type: Type, data: () => Events[Type] | undefined): void {
    const change = this.lastChange + 1
    // A pair of type and data, as the signature says.
    this.#log.push({ change, type, data } as Logged)
    this.#parts.onEvent({ conversation: this.id, change, type, data: data() } as KnownEvent)
  }

  get #kept(): readonly Message[] {
    return this.#messages.slice(this.#firstSeq - 1)
  }

  #told(seq: number): { message: Message } | undefined {
    const message = this.#at(seq)
    return message.deletedAt || seq < this.#firstSeq ? undefined : { message }
  }

  /** Touches a message by the change that is recorded next. */
  #change(seq: number, part: Partial<Message>): number {
    const version = this.lastChange + 1
    this.#messages[seq - 1] = { ...this.#at(seq), ...part, version }
    return version
  }

  #countReplies(root: number): void {
    const replies = this.#messages.filter(({ thread, deletedAt }) => thread === root && !deletedAt)
    if (this.#at(root).deletedAt) return
    this.#change(root, { replyCount: replies.length, lastReplySeq: replies.at(-1)?.seq ?? null })
  }

  #reactionsTo(seq: number): Message['reactions'] {
    return [...this.#reactions].flatMap(([name, who]) => {
      if (!name.startsWith(`${seq} `) || who.length === 0) return []
      return [{ key: name.slice(name.indexOf(' ') + 1), count: who.length, last: who.slice(-3) }]
    })
  }

  #mentionsIn(body: string): Message['mentions'] {
    return [...this.members.values()].flatMap(({ person }) => {
      const from = body.indexOf(`@${person.username}`)
      return from < 0
        ? []
        : [{ account: person.id, at: [from, from + person.username.length + 1] as [number, number] }]
    })
  }

  #member(accountId: string): FakeMember {
    return this.members.get(accountId) ?? refuse('not_a_member')
  }

  #at(seq: number): Message {
    return this.#messages[seq - 1] ?? refuse('not_found')
  }

  #own(accountId: string, seq: number): Message {
    this.#member(accountId)
    const message = this.#at(seq)
    return message.sender.id === accountId ? message : refuse('not_the_owner')
  }
}
