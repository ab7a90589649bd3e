import { ConversationHandle } from './conversation.ts'
import { callSafely, type Observable } from './lib/live.ts'
import { type Runtime, systemRuntime } from './lib/runtime.ts'
import { type Listenable, Listeners } from './listeners.ts'
import type { Entry } from './outbox/entry.ts'
import { Outbox } from './outbox/outbox.ts'
import { performEntry } from './outbox/perform.ts'
import { MemoryStorage, type OutboxStorage } from './outbox/storage.ts'
import type { Account, Listing, Message, NewConversation, OwnAccount } from './protocol.ts'
import { ParlanceError } from './rest/error.ts'
import {
  createConversation,
  enterConversation,
  getConversation,
  getMe,
  joinByInvite,
  listMessages,
  searchAccounts,
} from './rest/operations.ts'
import { Rest } from './rest/rest.ts'
import { type ConversationList, Places } from './store/places.ts'
import { Presence } from './store/presence.ts'
import { ReadMarks } from './store/read-marks.ts'
import { loadNext, relist } from './store/relisting.ts'
import { Sync } from './store/sync.ts'
import { Timeline } from './store/timeline.ts'
import type { KnownEvent } from './wire/frames.ts'
import { type ConnectionState, Wire } from './wire/wire.ts'

export interface ClientOptions {
  /** The server's origin, such as `https://chat.example`. */
  readonly url: string
  /** The session's. Left out in a browser whose cookie carries it. */
  readonly token?: string
  /** Where the outbox is kept; in memory unless said otherwise. */
  readonly storage?: OutboxStorage
  /**
   * Decides about a message that the server refuses for good. `hold` keeps it, and all after it in its conversation,
   * until somebody retries or discards it: for people. `discard` goes on: for bots.
   */
  readonly refused?: 'hold' | 'discard'
  /** Failures that no call reports, such as those of the storage. They are written to the console otherwise. */
  readonly onError?: (error: unknown) => void
  readonly runtime?: Runtime
}

/** A client of one account. All that it shows is in one store, which events keep true. */
export class Client {
  readonly rest: Rest
  readonly outbox: Outbox
  readonly runtime: Runtime
  readonly #wire: Wire
  readonly #sync: Sync
  readonly #places: Places
  readonly #presence: Presence
  readonly #marks: ReadMarks
  readonly #listeners = new Listeners()
  readonly #handles = new Map<string, ConversationHandle>()
  readonly #onError: (error: unknown) => void
  #watched: { conversations: string[]; accounts: string[] } | undefined

  constructor(options: ClientOptions) {
    const { runtime = systemRuntime, token, storage = new MemoryStorage() } = options
    const url = options.url.replace(/\/$/, '')
    this.runtime = runtime
    this.#onError = options.onError ?? console.error
    const onError = (error: unknown) => callSafely(() => this.#onError(error))
    const me = () => this.#sync.me
    this.rest = new Rest({ url, runtime, token: () => token })
    this.#presence = new Presence(runtime)
    this.#places = new Places({
      me,
      runtime,
      isLive: () => this.#wire.isLive,
      newTimeline: (id) => this.#newTimeline(id, runtime),
      fetchListing: (c) => this.rest.call(getConversation, { params: { c } }),
    })
    this.#sync = new Sync({
      places: this.#places,
      presence: this.#presence,
      onEvent: (event) => this.#heard(event),
      onNews: (news) => this.#listeners.tell(news),
      onProgress: (conversation) => this.outbox.applied(conversation),
      relist: () => this.#settle(),
      fetchAccount: () => this.#fetchAccount(),
    })
    this.#wire = new Wire({
      url: `${url.replace(/^http/, 'ws')}/v1/socket`,
      runtime,
      token: () => token,
      resume: () => this.#sync.position(),
      onFrame: (frame) => this.#sync.apply(frame),
    })
    this.#wire.state.subscribe(() => this.#onPhase())
    this.#marks = new ReadMarks({
      storage,
      place: (id) => this.#places.get(id),
      onError,
      isLive: () => this.#wire.isLive,
      ask: (conversation, { seq, force }) =>
        this.#wire.ask('read', { conversation, seq, ...(force && { force }) }),
    })
    this.outbox = new Outbox({
      storage,
      runtime,
      onError,
      discardsRefused: options.refused === 'discard',
      perform: (entry) => performEntry(this.#wire, entry),
      isApplied: (entry) => this.#isApplied(entry),
      onChange: (conversation) => this.#places.find(conversation)?.opened?.changed(),
    })
  }

  /** Where the connection stands. */
  get connection(): Observable<ConnectionState> {
    return this.#wire.state
  }

  /** One's own account; undefined until the server has said it. */
  get account(): Observable<OwnAccount | undefined> {
    return this.#sync.account
  }

  get conversations(): Observable<ConversationList> {
    return this.#places.list
  }

  /** Connects, and stays connected until `close`. Resolves when what the outbox has kept is loaded. */
  async open(): Promise<void> {
    await this.outbox.open()
    await this.#marks.open()
    this.#wire.start()
  }

  close(): void {
    this.#wire.stop()
    this.outbox.close()
    this.#presence.clear()
  }

  /** Tries to connect at once, where the next attempt would come later: for whoever knows that the server is back. */
  reconnect(): void {
    this.#wire.wake()
  }

  /** Resolves when the connection is live. Throws `ended` when the server wants this client not to come back. */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const state = this.connection.get()
        if (state.phase === 'live') resolve()
        else if (state.phase === 'ended')
          reject(new ParlanceError('ended', { detail: `${state.code} ${state.reason}` }))
        else return
        stop()
      }
      const stop = this.connection.subscribe(look)
      look()
    })
  }

  conversation(id: string): ConversationHandle {
    const found = this.#handles.get(id)
    if (found) return found
    const { outbox, rest } = this
    const place = this.#places.get(id)
    place.heal()
    const handle = new ConversationHandle({
      ...{ place, outbox, rest, wire: this.#wire },
      ...{ presence: this.#presence, marks: this.#marks, me: () => this.#sync.me },
    })
    this.#handles.set(id, handle)
    return handle
  }

  /** Opens a conversation, or finds the private one with that account. Throws a `ParlanceError`. */
  async createConversation(fresh: NewConversation): Promise<ConversationHandle> {
    return this.#begin(await this.rest.call(createConversation, { body: fresh }))
  }

  /** Becomes a member of an open conversation, by its exact name or gid. Throws a `ParlanceError`. */
  async enter(name: string): Promise<ConversationHandle> {
    return this.#begin(await this.rest.call(enterConversation, { body: { name } }))
  }

  /** Becomes a member by an invite's code. Throws a `ParlanceError`. */
  async join(code: string): Promise<ConversationHandle> {
    return this.#begin(await this.rest.call(joinByInvite, { params: { code } }))
  }

  /** The first accounts whose username or display name begins so: 2 characters or more. Throws a `ParlanceError`. */
  async searchPeople(search: string): Promise<readonly Account[]> {
    return (await this.rest.call(searchAccounts, { query: { search } })).items
  }

  /** The next page of conversations. Throws a `ParlanceError`. */
  async loadMore(): Promise<void> {
    await this.ready()
    await loadNext(this.#places, this.rest)
  }

  /** Whether an account is online, while it is watched. */
  isOnline(account: string): Observable<boolean> {
    return this.#presence.isOnline(account)
  }

  /** Chooses whose typing, presence and receipts are heard, instead of those before: at most 50 and 200. */
  watch(watched: {
    readonly conversations?: readonly string[]
    readonly accounts?: readonly string[]
  }): void {
    const { conversations = [], accounts = [] } = watched
    this.#watched = { conversations: [...conversations], accounts: [...accounts] }
    this.#wire.tell('watch', this.#watched)
  }

  /** Calls back for each event or piece of news of a type, after the store has it. The answer ends it. */
  on<Type extends keyof Listenable>(type: Type, listener: (event: Listenable[Type]) => void): () => void {
    return this.#listeners.add(type, listener)
  }

  #begin(listing: Listing): ConversationHandle {
    this.#places.get(listing.id).begin(listing)
    return this.conversation(listing.id)
  }

  #newTimeline(c: string, runtime: Runtime): Timeline {
    return new Timeline({
      me: () => this.#sync.me,
      runtime,
      load: async (query) => {
        const page = await this.rest.call(listMessages, { params: { c }, query })
        for (const message of page.items) this.#confirm(message)
        return page
      },
      entries: () => this.outbox.of(c),
    })
  }

  #isApplied({ conversation, draft, version }: Entry): boolean {
    const place = this.#places.get(conversation)
    if (version !== undefined) return (place.synced ?? 0) >= version
    return place.opened?.hasDone(draft) ?? true
  }

  #heard(event: KnownEvent): void {
    if (event.type === 'message.sent') {
      const { message } = event.data
      this.#presence.stopTyping(event.conversation, message.sender.id)
      this.#confirm(message)
    }
    this.#listeners.tell(event)
  }

  /** The server has that message: if it is one's own, the outbox needs it no more. */
  #confirm({ sender, clientId, seq }: Message): void {
    if (clientId !== null && sender.id === this.#sync.me) this.outbox.confirm(clientId, { seq })
  }

  #onPhase(): void {
    if (this.#wire.isLive) return
    this.outbox.pause()
    this.#presence.clear()
  }

  /** The connection is live. */
  #settle(): void {
    this.outbox.resume()
    this.#marks.resume()
    if (this.#watched) this.#wire.tell('watch', this.#watched)
    relist(this.#places, this.rest).catch(this.#onError)
  }

  #fetchAccount(): void {
    this.rest.call(getMe, {}).then((account) => this.#sync.setAccount(account), this.#onError)
  }
}
