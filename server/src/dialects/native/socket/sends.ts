import type { RequestOf } from '@parlance/protocol'
import type { Appended, Chat, Mention, Standing } from '../../../core/chat.ts'
import { owned } from '../../../lib/guard.ts'
import { costOfText, type Limits, PendingWrite } from '../../../transport/index.ts'
import { requireWithinLimit } from '../../rate-limit.ts'
import { RememberedStandings } from '../../remembered-standings.ts'
import type { Asker } from '../call.ts'
import type { Places } from '../places.ts'
import { draftOf, sendRefusal } from '../requests/sending.ts'

type SendFrame = RequestOf<'message.send'>

interface SendsParts {
  readonly chat: Chat
  readonly limits: Limits
  readonly places: Places
}

/** The one who is answered. */
interface Answered {
  readonly asker: Asker
  answer(frame: SendFrame, ok: object): void
  refuse(frame: SendFrame, error: unknown): void
}

/** Conversations of one connection whose standings are remembered. */
const MAX_STANDINGS = 1_000

/** Hands one connection's messages to the store, each without waiting for the commit of the one before. */
export class Sends {
  readonly #parts: SendsParts
  readonly #answered: Answered
  readonly #standings = new RememberedStandings<string>(MAX_STANDINGS)

  constructor(parts: SendsParts, answered: Answered) {
    this.#parts = parts
    this.#answered = answered
  }

  /** At once where the sender is known to be in the conversation, and names nobody. */
  send(frame: SendFrame): PendingWrite | Promise<PendingWrite> {
    const send = new Send(frame, this.#parts.chat, this.#answered)
    const { limits } = this.#parts
    const { accountId } = this.#answered.asker.account
    try {
      requireWithinLimit(limits.take('send', accountId, costOfText(frame.body)))
      const standing = this.#standings.get(frame.conversation)
      if (standing && !frame.body.includes('@')) return send.begun(standing, [])
    } catch (error) {
      return send.refused(error)
    }
    return this.#prepare(send, frame)
  }

  forget(conversation: string): void {
    this.#standings.forget(conversation)
  }

  forgetAll(): void {
    this.#standings.forgetAll()
  }

  async #prepare(send: Send, frame: SendFrame): Promise<PendingWrite> {
    const { chat, places } = this.#parts
    const { asker } = this.#answered
    try {
      const standing = await places.standing(asker, frame.conversation)
      this.#standings.remember(frame.conversation, standing)
      return send.begun(standing, await chat.mentions.find(asker.account, standing, frame.body, frame))
    } catch (error) {
      return send.refused(error)
    }
  }
}

/** One message on its way to the log. */
class Send extends PendingWrite<Appended> {
  readonly #frame: SendFrame
  readonly #chat: Chat
  readonly #answered: Answered

  constructor(frame: SendFrame, chat: Chat, answered: Answered) {
    super()
    this.#frame = frame
    this.#chat = chat
    this.#answered = answered
  }

  begun(standing: Standing, mentions: readonly Mention[]): this {
    try {
      const draft = draftOf(this.#frame, mentions)
      this.#chat.messages.append(this.#answered.asker.account, standing, draft, this)
      return this
    } catch (error) {
      return this.refused(error)
    }
  }

  /** Answered like what the store refuses, when the sends before have been. */
  refused(error: unknown): this {
    this.refuse(error)
    return this
  }

  /** One that was sent before is answered as it is now, which the log is asked first. */
  override commit(appended: Appended): void {
    if (appended.isNew) super.commit(appended)
    else owned('task', this.#commitFirst(appended))
  }

  protected onCommitted({ message: { seq }, change: version }: Appended): void {
    this.#answered.answer(this.#frame, { seq, version })
  }

  protected onRefused(error: unknown): void {
    this.#answered.refuse(this.#frame, sendRefusal(error))
  }

  async #commitFirst(appended: Appended): Promise<void> {
    try {
      const first = await this.#chat.messages.get(appended.message)
      super.commit({ ...appended, change: first?.version ?? appended.change })
    } catch (error) {
      this.refuse(error)
    }
  }
}
