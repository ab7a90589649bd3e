import type { RequestId, RequestOp } from '@parlance/protocol'
import type { LongAnswers } from '../../../answers/index.ts'
import type { Chat } from '../../../core/chat.ts'
import type { Limits, PendingWrite, WsConnection } from '../../../transport/index.ts'
import type { Asker } from '../call.ts'
import type { Places } from '../places.ts'
import { okFrame } from './frames.ts'
import type { Problems } from './problems.ts'
import { requestIn, type SocketRequest } from './request-frames.ts'
import { payFor, type Responder, type Responders } from './requests.ts'
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
}

type Handled = Promise<PendingWrite | undefined> | PendingWrite

/** Takes one connection's requests, and answers them in their order. */
export class RequestDesk {
  readonly sends: Sends
  readonly #parts: RequestDeskParts
  readonly #client: Client

  constructor(parts: RequestDeskParts, client: Client) {
    this.#parts = parts
    this.#client = client
    this.sends = new Sends(parts, {
      asker: client.asker,
      answer: ({ id }, ok) => this.#answer(id, ok),
      refuse: ({ id }, error) => this.#refuse(id, error),
    })
  }

  /** `settled` tells when the sends before have been answered. Throws `BadFrame`. */
  handle(text: string, settled: () => Promise<void> | undefined): Handled {
    const frame = requestIn(text)
    if (frame.request?.op === 'message.send') return this.sends.send(frame.request)
    return this.#answerAfterSends(frame, settled)
  }

  async #answerAfterSends(
    { id, request, refusal }: ReturnType<typeof requestIn>,
    settled: () => Promise<void> | undefined,
  ): Promise<undefined> {
    await settled()
    if (!request) return this.#refuse(id, refusal)
    try {
      this.#answer(id, await this.#respond(request))
    } catch (error) {
      this.#refuse(id, error)
    }
  }

  async #respond(request: Exclude<SocketRequest, { op: 'message.send' }>): Promise<object> {
    const { asker, address, watch } = this.#client
    const { limits, answers, responders } = this.#parts
    if (request.op === 'watch') {
      payFor(limits, 'watch', asker)
      await watch.choose(request)
      return {}
    }
    // Each op has the responder of its own type: `Responders` says so, which a choice among them cannot.
    const responder = responders[request.op] as unknown as Responder<RequestOp>
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
    if (id === undefined) problems.note(error)
    else if (!this.#client.live.isOver) this.#client.ws.sendFrame(problems.frameFor(id, error))
  }
}
