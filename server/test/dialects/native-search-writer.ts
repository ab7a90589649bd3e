import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Listing } from '@parlance/protocol'
import { NativeSocket } from '../support/native-socket.ts'

/** Requests of one connection that wait for their answers. */
const IN_FLIGHT = 64
/** Every message with such a place is edited: one of so many. */
const EDITED = 10

interface Asked {
  readonly body: string
  /** The place of the message that is edited. */
  readonly seq?: number
}

/** Writes into one conversation without a pause, until the server is gone. */
export class Writer {
  readonly place: Listing
  /** Texts that were acknowledged, by place. */
  readonly texts = new Map<number, string>()
  /** Texts of edits that were asked for, whether or not they were acknowledged. */
  readonly #edits = new Map<number, string>()
  readonly #asked = new Map<number, Asked>()
  readonly #hint: string
  #count = 0

  constructor(hint: string, place: Listing) {
    this.#hint = hint
    this.place = place
  }

  /** Resolves when the connection has ended. */
  async write(url: string, token: string): Promise<void> {
    const socket = await NativeSocket.live(url, token)
    socket.ws.on('message', (data) => this.#hear(socket, String(data)))
    for (let n = 0; n < IN_FLIGHT; n++) this.#say(socket)
    await socket.closed
  }

  /** Fails unless the log has all that was acknowledged. */
  assertKept(log: ReadonlyMap<number, string>): void {
    for (const [seq, body] of this.texts) {
      const stored = log.get(seq)
      assert.ok(stored === body || stored === this.#edits.get(seq), `${seq}: ${stored} instead of ${body}`)
    }
  }

  #hear(socket: NativeSocket, text: string): void {
    const { re, ok, error } = JSON.parse(text)
    if (re === undefined) return
    assert.equal(error, undefined)
    const asked = this.#asked.get(re)
    if (!asked) return
    this.#asked.delete(re)
    this.texts.set(ok.seq, asked.body)
    if (asked.seq === undefined && ok.seq % EDITED === 0) this.#edit(socket, ok.seq)
    else this.#say(socket)
  }

  #say(socket: NativeSocket): void {
    const body = `${this.#hint} ${++this.#count}`
    this.#ask(socket, { body }, { op: 'message.send', clientId: randomUUID() })
  }

  #edit(socket: NativeSocket, seq: number): void {
    const body = `${this.#hint}, edited, ${++this.#count}`
    this.#edits.set(seq, body)
    this.#ask(socket, { body, seq }, { op: 'message.edit', seq })
  }

  #ask({ ws }: NativeSocket, asked: Asked, frame: object): void {
    // An id that no request of the socket's own has.
    const id = 1_000 + this.#count
    this.#asked.set(id, asked)
    if (ws.readyState === ws.OPEN)
      ws.send(JSON.stringify({ id, conversation: this.place.id, body: asked.body, ...frame }))
  }
}
