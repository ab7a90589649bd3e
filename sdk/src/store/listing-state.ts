import type { AccountNews, Events, Listing, Message, ReadState } from '../protocol.ts'
import type { KnownEvent } from '../wire/frames.ts'
import { heldAfter, heldFromPage } from './held.ts'

/** One conversation's listing, kept true by events. Where events do not tell enough the server is asked again: `isOutdated`. */
export class ListingState {
  readonly #me: () => string
  #listing: Listing
  /** Deleted messages after the read mark: they are not unread. */
  #deletedAfter: number
  /** The last change that the listing has. */
  change: number
  isOutdated = false
  /** Rises with every word of the account's own state, so that an older answer is known as such. */
  touches = 0

  constructor(listing: Listing, me: () => string) {
    this.#me = me
    this.#listing = listing
    this.change = listing.lastChange
    this.#deletedAfter = deletedAfter(listing)
  }

  get listing(): Listing {
    return this.#listing
  }

  /** Takes the server's listing, unless events have told more already. */
  accept(listing: Listing): void {
    if (listing.lastChange < this.change) return
    this.#listing = listing
    this.change = listing.lastChange
    this.#deletedAfter = deletedAfter(listing)
    this.isOutdated = false
  }

  /** Whether it was news. Where numbers may not be skipped, a jump means that something was not told. */
  apply(event: KnownEvent, maySkip: boolean): boolean {
    if (event.change <= this.change) return false
    if (!maySkip && event.change > this.change + 1) this.isOutdated = true
    this.change = event.change
    this.#set({ lastChange: event.change })
    this.#tell(event)
    return true
  }

  /** Changes whose numbers have no event. */
  reach(change: number): void {
    this.change = Math.max(this.change, change)
    this.#set({ lastChange: this.change })
  }

  moveMark({ readSeq, unread, mentions }: ReadState): void {
    const { lastSeq } = this.#listing
    this.touches += 1
    this.#deletedAfter = 0
    // A message beyond the last one that is known here is counted by its event.
    if (readSeq >= lastSeq) {
      this.#setMine({ readSeq, unread: 0, mentions: 0 })
      return
    }
    this.#setMine({ readSeq, unread, mentions })
    // The answer does not say how many messages it has counted.
    this.isOutdated = true
  }

  settingsChanged({ me, can }: AccountNews['settings.changed']): void {
    this.touches += 1
    if (can) this.#set({ can })
    if (!me) return
    const { role, muted, pinned, archived, notify } = me
    this.#setMine({ role, muted, pinned, archived, notify })
  }

  #set(part: Partial<Listing>): void {
    this.#listing = { ...this.#listing, ...part }
  }

  #setMine(part: Partial<Listing['me']>): void {
    this.#set({ me: { ...this.#listing.me, ...part } })
  }

  #tell(event: KnownEvent): void {
    const { memberCount, me } = this.#listing
    const { type, data } = event
    switch (type) {
      case 'message.sent':
        this.#sent(data.message)
        break
      case 'message.deleted':
        this.#deleted(data)
        break
      case 'message.edited':
        if (data.message.seq > me.readSeq && (me.mentions > 0 || this.#isMentionedIn(data.message)))
          this.isOutdated = true
        this.#showLast(event)
        break
      case 'history.purged':
        this.#purged(data)
        break
      case 'conversation.created':
      case 'conversation.changed':
        this.#set(data.conversation)
        break
      case 'member.joined':
        this.#set({ memberCount: memberCount + 1 })
        break
      case 'member.left':
        this.#set({ memberCount: Math.max(0, memberCount - 1) })
        break
      default:
        this.#showLast(event)
    }
  }

  #sent(message: Message): void {
    const { me, lastMessage } = this.#listing
    const isNewest = message.seq > (lastMessage?.seq ?? 0)
    this.#set({
      lastSeq: Math.max(this.#listing.lastSeq, message.seq),
      ...(isNewest && { lastMessage: message }),
    })
    if (message.seq > me.readSeq) {
      if (message.sender.id === this.#me()) {
        this.#deletedAfter = 0
        this.#setMine({ readSeq: message.seq, mentions: 0 })
        if (message.seq < this.#listing.lastSeq) this.isOutdated = true
      } else if (this.#isMentionedIn(message)) this.#setMine({ mentions: me.mentions + 1 })
    }
    this.#count()
  }

  #deleted({ seq }: Events['message.deleted']): void {
    const { me, lastMessage, lastSeq } = this.#listing
    this.#set({ lastSeq: Math.max(lastSeq, seq) })
    if (seq > me.readSeq) this.#deletedAfter += 1
    // The event does not tell which message is the last now, or whether this one mentioned.
    if (lastMessage?.seq === seq || (seq > me.readSeq && me.mentions > 0)) this.isOutdated = true
    this.#count()
  }

  #purged({ upToSeq }: Events['history.purged']): void {
    const { me, lastMessage } = this.#listing
    // The event does not tell how many of the unread ones were deleted already, or mentioned.
    if (upToSeq > me.readSeq && this.#deletedAfter + me.mentions > 0) this.isOutdated = true
    this.#set({ firstSeq: upToSeq + 1 })
    if (lastMessage && lastMessage.seq <= upToSeq) this.#set({ lastMessage: null })
    this.#count()
  }

  #count(): void {
    this.#setMine({ unread: Math.max(0, placesAfter(this.#listing) - this.#deletedAfter) })
  }

  #isMentionedIn({ mentions, sender }: Message): boolean {
    const me = this.#me()
    return sender.id !== me && mentions.some((one) => 'all' in one || one.account === me)
  }

  #showLast(event: KnownEvent): void {
    const { lastMessage } = this.#listing
    if (!lastMessage) return
    if (event.type === 'message.edited') {
      const { message } = event.data
      if (message.seq === lastMessage.seq && message.version >= lastMessage.version)
        this.#set({ lastMessage: message })
    } else if ('seq' in event.data && event.data.seq === lastMessage.seq) {
      const { message } = heldAfter(heldFromPage(lastMessage, []), event, this.#me())
      if (message) this.#set({ lastMessage: message })
    }
  }
}

/** Places after the read mark that are kept. */
const placesAfter = ({ lastSeq, firstSeq, me }: Listing): number =>
  lastSeq - Math.max(me.readSeq, firstSeq - 1)

const deletedAfter = (listing: Listing): number => placesAfter(listing) - listing.me.unread
