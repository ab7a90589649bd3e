import type { Bus, Listener, Unsubscribe } from '../bus/bus.ts'
import type { Clock } from '../lib/clock.ts'
import type {
  Appended,
  ConversationStore,
  Edited,
  MessagePage,
  MessageStore,
  Removed,
  Standing,
} from '../store/store.ts'
import { factsOf, withSender } from './authored.ts'
import { type Draft, extrasOf } from './draft.ts'
import { ChatError } from './errors.ts'
import { conversationTopic, type MessageSent } from './events.ts'
import { withFreshFacts } from './fresh-facts.ts'
import { type Page, type PageRange, placesOf } from './message-pages.ts'
import { may, requireMay, requireMaySend } from './policy.ts'
import { publishOnCommit } from './publish-on-commit.ts'
import { tellTouched } from './publish-touched.ts'
import {
  type AccountId,
  type AuthoredMessage,
  type Conversation,
  type ConversationId,
  type Mention,
  type Message,
  type MessageDetails,
  type MessageId,
  type MessagePlace,
  type MessageVersion,
  type Sender,
  toSender,
} from './types.ts'

interface Edit {
  readonly seq: number
  readonly body: string
  /** Found by `Mentions.find`; the new text names nobody without them. */
  readonly mentions?: readonly Mention[]
  /** A change of the conversation, such as the message's version in the editor's view. */
  readonly unlessChangedAfter?: number
}

interface MessagesOptions {
  readonly clock: Clock
  readonly maxMessageBytes: number
  /** Called with each send that the store has refused. */
  readonly onRefused: ((error: unknown) => void) | undefined
  /** Called with each message that is stored. */
  readonly onStored?: (() => void) | undefined
  /** Listeners that it shares with another. */
  readonly sentHere?: Set<Listener<MessageSent>>
}

/** Is told how a send ended: for a caller that spares each message a promise. */
interface Outcome {
  commit(appended: Appended): void
  refuse(error: unknown): void
}

/** Sending, deleting and reading messages. */
export class Messages {
  /** Most bytes of a message's body, in UTF-8. */
  readonly maxBytes: number
  readonly #store: MessageStore
  readonly #conversations: ConversationStore
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #onRefused: ((error: unknown) => void) | undefined
  readonly #onStored: (() => void) | undefined
  readonly #sentHere: Set<Listener<MessageSent>>

  constructor(
    store: { messages: MessageStore; conversations: ConversationStore },
    bus: Bus,
    options: MessagesOptions,
  ) {
    this.#store = store.messages
    this.#conversations = store.conversations
    this.#bus = bus
    this.#clock = options.clock
    this.#onRefused = options.onRefused
    this.#onStored = options.onStored
    this.#sentHere = options.sentHere ?? new Set()
    this.maxBytes = options.maxMessageBytes
  }

  /** The same, which calls `onStored` with each message that is stored through it: for what counts by who sends. */
  telling(onStored: () => void): Messages {
    const store = { messages: this.#store, conversations: this.#conversations }
    return new Messages(store, this.#bus, {
      clock: this.#clock,
      maxMessageBytes: this.maxBytes,
      onRefused: this.#onRefused,
      onStored,
      sentHere: this.#sentHere,
    })
  }

  /**
   * Resolves when the message is on disk and has been published. The standing is what the sender's
   * `Conversations.standing` or `enter` answered; the store checks it again at commit.
   * Refuses 'not_a_member', 'message_refused', 'message_too_long', 'unknown_reply'; of a native draft also
   * 'thread_refused', 'unknown_file', and 'conflict' where the client id was used in another conversation.
   */
  async send(sender: Sender, standing: Standing, draft: Draft): Promise<AuthoredMessage> {
    const { message } = await this.append(sender, standing, draft)
    return withSender(message, sender)
  }

  /**
   * Like `send`, for a caller with several messages in flight. Reactions to the promise run after this message's
   * event and before the next message's event, and so does `outcome`. Throws the refusals that need no look at the log.
   */
  append(sender: Sender, standing: Standing, draft: Draft, outcome?: Outcome): Promise<Appended> {
    // A native send may be a repeat, which is answered also where its sender may not send any more: the store knows.
    if (!draft.native) requireMaySend(standing)
    this.#requireFits(draft.body)
    const { conversation } = standing
    const { conversationId } = conversation
    const plain = {
      conversationId,
      senderId: sender.accountId,
      clientId: draft.clientId ?? null,
      replyTo: draft.replyTo ?? null,
      body: draft.body,
      at: this.#clock.nowMicros(),
    }
    const { wording, native } = draft
    const appending = this.#store.append(native ? { ...plain, extras: extrasOf(native) } : plain)
    const publish = (appended: Appended): void => {
      const { message, change, isNew, touched } = appended
      try {
        if (!isNew) return
        this.#onStored?.()
        if (touched) tellTouched(this.#bus, touched)
        const authored =
          'version' in message ? { ...message, sender: toSender(sender) } : withSender(message, sender)
        const news = {
          type: 'message.sent',
          conversationId,
          change,
          conversation: factsOf(conversation),
          message: authored,
        } as const
        this.#publish(wording ? { ...news, wording } : news)
      } finally {
        // Also when a listener has thrown: the message is on disk, and its connection waits for the outcome.
        outcome?.commit(appended)
      }
    }
    return publishOnCommit(appending, publish, (error) => {
      this.#onRefused?.(error)
      outcome?.refuse(error)
    })
  }

  /**
   * Tells of each message that this node itself has committed, after its subscribers here: for what must
   * happen once in a cluster. The listener must not throw.
   */
  onSentHere(listener: Listener<MessageSent>): Unsubscribe {
    this.#sentHere.add(listener)
    return () => this.#sentHere.delete(listener)
  }

  /**
   * Replaces the text of the editor's own message; the same text changes nothing. With `unlessChangedAfter`, refuses
   * 'precondition_failed' if the text is younger than that change. Refuses 'unknown_message', 'not_the_owner',
   * 'message_refused', 'message_too_long'.
   */
  async edit(editor: Sender, standing: Standing, edit: Edit): Promise<Edited> {
    requireMaySend(standing)
    this.#requireFits(edit.body)
    const { conversation } = standing
    const { conversationId } = conversation
    const editing = this.#store.edit({
      conversationId,
      seq: edit.seq,
      by: editor.accountId,
      body: edit.body,
      mentions: edit.mentions ?? [],
      unlessChangedAfter: edit.unlessChangedAfter ?? null,
      at: this.#clock.nowMicros(),
    })
    return publishOnCommit(editing, ({ message, change, isNew, touched }) => {
      if (!isNew) return
      tellTouched(this.#bus, touched)
      this.#bus.publish(conversationTopic(conversationId), {
        type: 'message.edited',
        conversationId,
        change,
        conversation,
        message: { ...message, sender: toSender(editor) },
      })
    })
  }

  /**
   * The texts that a message had before its edits, oldest first, in pages: those of a change after `after`. None when it
   * was never edited, and when it is absent or deleted. The caller has checked that the reader may know them.
   */
  versions(place: MessagePlace, page: { after: number; limit: number }): Promise<readonly MessageVersion[]> {
    return this.#store.versions(place, page)
  }

  /** Leaves a tombstone. Refuses 'unknown_message', 'not_the_owner'. */
  async delete(byId: AccountId, messageId: MessageId): Promise<void> {
    const at = this.#clock.nowMicros()
    const deleting = this.#store.delete({ messageId, by: byId, at })
    await publishOnCommit(deleting, ({ conversationId, change, seq }) => {
      this.#bus.publish(conversationTopic(conversationId), {
        type: 'message.deleted',
        conversationId,
        change,
        messageId,
        seq,
        deletedAt: at,
      })
    })
  }

  /**
   * Leaves a tombstone of the message in that place, which may be another's where one's role allows it; if there is
   * one, changes nothing. Refuses 'not_a_member', 'unknown_message', 'not_the_owner'.
   */
  remove(byId: AccountId, { conversationId, seq }: MessagePlace): Promise<Removed> {
    return withFreshFacts(async () => {
      const standing = await this.#conversations.standing(byId, conversationId)
      if (!standing) throw new ChatError('not_a_member', { conversationId })
      const seen = requireMay('deleteOwn', standing)
      const mayBeAnothers = may('deleteOthers', seen, standing.conversation.kind)
      const at = this.#clock.nowMicros()
      const removing = this.#store.remove({ conversationId, seq, by: byId, seen, mayBeAnothers, at })
      return publishOnCommit(removing, ({ isNew, ...removed }) => {
        if (isNew)
          this.#bus.publish(conversationTopic(conversationId), { type: 'message.deleted', ...removed })
      })
    })
  }

  /** Undefined when absent, deleted or of another conversation. */
  async find(conversationId: ConversationId, messageId: MessageId): Promise<Message | undefined> {
    const message = await this.#store.find(messageId)
    return message?.conversationId === conversationId ? message : undefined
  }

  /** Oldest first. The caller has checked that the reader is a member. */
  list(page: MessagePage): Promise<readonly AuthoredMessage[]> {
    return this.#store.list(page)
  }

  /** Like `list`, but by place in the conversation: `seq` from `first` to `last`. */
  listPlaces(
    conversationId: ConversationId,
    places: { first: number; last: number },
  ): Promise<readonly AuthoredMessage[]> {
    return this.#store.listPlaces(conversationId, places)
  }

  /**
   * A page by places, oldest first: tombstones stand in it like messages. The caller has read the conversation with
   * the reader's standing; a message sent since then is on no page.
   */
  async page(conversation: Conversation, range: PageRange): Promise<Page> {
    const { conversationId, firstSeq, lastSeq: head } = conversation
    const { first, last } = placesOf(range, conversation)
    const items = first > last ? [] : await this.#store.listDetails(conversationId, { first, last })
    return { items, head, hasBefore: first > firstSeq, hasAfter: last < head }
  }

  /** A thread's messages after `after`, oldest first, tombstones among them. The caller has checked as for `get`. */
  replies(thread: MessagePlace, page: { after: number; limit: number }): Promise<readonly MessageDetails[]> {
    return this.#store.listReplies(thread, page)
  }

  /** A message, or its tombstone. The caller has checked that the reader is a member. */
  async get({ conversationId, seq }: MessagePlace): Promise<MessageDetails | undefined> {
    const [found] = await this.#store.listDetails(conversationId, { first: seq, last: seq })
    return found
  }

  #requireFits(body: string): void {
    if (Buffer.byteLength(body) > this.maxBytes)
      throw new ChatError('message_too_long', { maxBytes: this.maxBytes })
  }

  #publish(news: MessageSent): void {
    this.#bus.publish(conversationTopic(news.conversationId), news)
    for (const listener of this.#sentHere) listener(news)
  }
}
