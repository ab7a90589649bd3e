import type { Client } from '../target.ts'
import type { Ear } from './ear.ts'
import type { Framing, OnFrame } from './frames.ts'
import { openSocket } from './socket.ts'

interface XmppClientOptions {
  readonly port: number
  readonly domain: string
  readonly room: string
  readonly nick: string
  readonly ear: Ear
}

const BIND = `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`
const SIGN_IN = `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>`

/** Signs in under a passing name and enters a room: a message's return is its acknowledgement. */
export async function enterRoom({ port, domain, room, nick, ear }: XmppClientOptions): Promise<Client> {
  const dialogue = new Dialogue()
  let messages: Framing = dialogue
  const socket = await openSocket(port, (chunk, length) => messages.feed(chunk, length))
  const closed = socket.closed.then(() => Promise.reject(new Error(`closed: ${dialogue.heard}`)))
  const say = (xml: string, answer: string) => {
    socket.write(xml)
    return Promise.race([dialogue.untilHeard(answer), closed])
  }
  const stream = `<stream:stream to='${domain}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`
  await say(stream, '</stream:features>')
  await say(SIGN_IN, '<success')
  await say(stream, '</stream:features>')
  await say(BIND, '</iq>')
  // The subject is the last thing that a room tells a newcomer, and a message.
  await say(presence(room, nick), '</message>')
  closed.catch(() => {})
  messages = new MessageFraming((bytes, start, end) => ear.hear(bytes, start, end))
  const head = `<message to='${room}' type='groupchat'><body>`
  return {
    send: (body) => socket.write(`${head}${body}</body></message>`),
    close: () => socket.destroy(),
  }
}

const presence = (room: string, nick: string): string =>
  `<presence to='${room}/${nick}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>`

/** The steps before the messages: each waits for its answer. */
class Dialogue implements Framing {
  heard = ''
  #answer = ''
  #onAnswer: (() => void) | undefined

  feed(chunk: Buffer, length: number): void {
    this.heard += chunk.toString('latin1', 0, length)
    if (this.heard.includes(this.#answer)) this.#onAnswer?.()
  }

  untilHeard(answer: string): Promise<void> {
    this.heard = ''
    this.#answer = answer
    return new Promise((resolve) => {
      this.#onAnswer = resolve
    })
  }
}

const END = Buffer.from('</message>')
const GROUPCHAT = Buffer.from('groupchat')

/** Cuts after each message. Bytes between two messages count to the second. */
class MessageFraming implements Framing {
  readonly #onMessage: OnFrame
  #carry: Buffer | undefined

  constructor(onMessage: OnFrame) {
    this.#onMessage = onMessage
  }

  feed(chunk: Buffer, length: number): void {
    // Bytes past `length` are left over from an earlier chunk: the search must not reach them.
    const fresh = chunk.subarray(0, length)
    const bytes = this.#carry ? Buffer.concat([this.#carry, fresh]) : fresh
    let start = 0
    for (let at = bytes.indexOf(END); at >= 0; at = bytes.indexOf(END, start)) {
      const end = at + END.length
      this.#check(bytes, start, end)
      this.#onMessage(bytes, start, end)
      start = end
    }
    this.#carry = start < bytes.length ? Buffer.from(bytes.subarray(start)) : undefined
  }

  /** A refusal repeats the refused body: it would pass for a delivery. */
  #check(bytes: Buffer, start: number, end: number): void {
    const at = bytes.indexOf(GROUPCHAT, start)
    if (at < 0 || at > end) throw new Error(`the server refuses: ${bytes.toString('utf8', start, end)}`)
  }
}
