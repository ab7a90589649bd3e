import type { RequestId } from '@parlance/protocol'
import type { LongAnswers } from '../../../answers/index.ts'
import type { Chat } from '../../../core/chat.ts'
import type { Inbox, Limits, PendingWrite, WsConnection } from '../../../transport/index.ts'
import type { Asker } from '../call.ts'
import type { Places } from '../places.ts'
import { okFrame } from './frames.ts'
import type { Problems } from './problems.ts'
import { requestIn, type SocketRequest } from './request-frames.ts'
import { type AnyResponder, payFor, type Responders } from './requests.ts'
import { Sends } from './sends.ts'
import type { Watch } from './watch.ts'

export interface RequestDeskParts {
  readonly chat: Chat
  readonly limits: Limits
  readonly answers: LongAnswers
  readonly places: Places
  readonly responders: Responders
  readonly problems: Problems
}

interface Client {
  readonly asker: Asker
  readonly address: string
  readonly ws: WsConnection
  readonly watch: Watch
  /** Once it is over nothing is answered any more. */
  readonly live: { readonly isOver: boolean }
  readonly inbox: Pick<Inbox<string>, 'settled'>
}

/** Any but a send. */
type Request = Exclude<SocketRequest, { op: 'message.send' }>
type Handled = Promise<PendingWrite | undefined> | PendingWrite

/** Takes one connection's requests, and answers them in their order. */
export class RequestDesk {
  readonly #parts: RequestDeskParts
  readonly #client: Client
  /** Made for the first send: most connections only listen. */
  #sends: Sends | undefined

  constructor(parts: RequestDeskParts, client: Client) {
    this.#parts = parts
    this.#client = client
  }

  /** A conversation in which the account may speak otherwise than before. */
  forgetStanding(conversation: string): void {
    this.#sends?.forget(conversation)
  }

  forgetStandings(): void {
    this.#sends?.forgetAll()
  }

  /** Throws `BadFrame`. */
  handle(text: string): Handled {
    const { id, request, refusal } = requestIn(text)
    if (!request) return this.#refuseAfterSends(id, refusal)
    return request.op === 'message.send' ? this.#sendsOf().send(request) : this.#answerAfterSends(request)
  }

  #sendsOf(): Sends {
    this.#sends ??= new Sends(this.#parts, {
      asker: this.#client.asker,
      answer: ({ id }, ok) => this.#answer(id, ok),
      refuse: ({ id }, error) => this.#refuse(id, error),
    })
    return this.#sends
  }

  async #refuseAfterSends(id: RequestId | undefined, refusal: unknown): Promise<undefined> {
    await this.#client.inbox.settled()
    this.#refuse(id, refusal)
  }

  async #answerAfterSends(request: Request): Promise<undefined> {
    await this.#client.inbox.settled()
    try {
      this.#answer(request.id, await this.#respond(request))
    } catch (error) {
      this.#refuse(request.id, error)
    }
  }

  async #respond(request: Request): Promise<object> {
    const { asker, address, watch } = this.#client
    const { limits, answers, responders } = this.#parts
    if (request.op === 'watch') {
      payFor(limits, 'watch', asker)
      await watch.choose(request)
      return {}
    }
    // Each op has the responder of its own type: `Responders` says so, which a choice among them cannot.
    const responder = responders[request.op] as unknown as AnyResponder
    const asked = { frame: request, asker, address }
    const { accountId } = asker.account
    if (responder.isLong) return answers.ask(accountId, () => responder.respond(asked))
    payFor(limits, responder.limit, asker, responder.cost?.(asked.frame))
    return responder.respond(asked)
  }

  #answer(id: RequestId | undefined, ok: object): void {
    if (id === undefined || this.#client.live.isOver) return
    const frame = okFrame(id, ok)
    this.#parts.answers.charge(this.#client.asker.account.accountId, frame.bytes.length)
    this.#client.ws.sendFrame(frame)
  }

  #refuse(id: RequestId | undefined, error: unknown): undefined {
    const { problems } = this.#parts
    const { ws, live } = this.#client
    if (id === undefined) problems.note(error, ws.requestId)
    else if (!live.isOver) ws.sendFrame(problems.frameFor(id, error, ws.requestId))
  }
}
