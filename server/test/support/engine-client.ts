import { once } from 'node:events'
import { WebSocket } from 'ws'
import { until } from './until.ts'

export type EngineVersion = 3 | 4
export type EngineTransport = 'polling' | 'websocket'

const SEPARATOR = '\u001e'

const LIVE = new Set<EngineClient>()

/** Speaks engine.io packet by packet, so that a test may send what no client library would. */
export class EngineClient {
  readonly eio: EngineVersion
  /** Packets in the order they came, each with its type in front. */
  readonly heard: string[] = []
  isOver = false
  /** Called with every packet, whether or not it is kept. */
  onPacket: (packet: string) => void = () => undefined
  readonly #url: string
  readonly #aborted = new AbortController()
  #sid = ''
  #ws: WebSocket | undefined

  private constructor(url: string, eio: EngineVersion) {
    this.#url = url
    this.eio = eio
    LIVE.add(this)
  }

  static async open(url: string, eio: EngineVersion, transport: EngineTransport): Promise<EngineClient> {
    const client = new EngineClient(url, eio)
    if (transport === 'websocket') await client.#openWebSocket()
    else await client.#pollOnce()
    const open = await client.hears(/^0/)
    client.#sid = JSON.parse(open.slice(1)).sid
    if (transport === 'polling') void client.#pollOn()
    return client
  }

  /** Opens a client in the default namespace too; in version 3 the server connects it there by itself. */
  static async connect(url: string, eio: EngineVersion, transport: EngineTransport): Promise<EngineClient> {
    const client = await EngineClient.open(url, eio, transport)
    if (eio === 4) await client.send('40')
    await client.hears(/^40/)
    return client
  }

  static endAll(): void {
    for (const client of LIVE) client.abort()
  }

  /** Sends all packets in one write: one poll, or frames of one turn. */
  async send(...packets: string[]): Promise<void> {
    if (this.#ws) {
      const { readyState } = this.#ws
      if (readyState === WebSocket.OPEN) for (const packet of packets) this.#ws.send(packet)
      return
    }
    const body =
      this.eio === 4
        ? packets.join(SEPARATOR)
        : packets.map((packet) => `${[...packet].length}:${packet}`).join('')
    const signal = this.#aborted.signal
    await fetch(this.#path, { method: 'POST', body, headers: { 'content-type': 'text/plain' }, signal })
      .then((response) => response.arrayBuffer())
      .catch(() => undefined)
  }

  /** Waits for the first packet that matches, which is then forgotten. */
  hears(pattern: RegExp): Promise<string> {
    return until(`${pattern} from the server`, () => {
      const at = this.heard.findIndex((packet) => pattern.test(packet))
      if (at >= 0) return this.heard.splice(at, 1)[0]
      if (this.isOver) throw new Error(`the connection is over without ${pattern}: ${this.heard}`)
      return undefined
    })
  }

  over(): Promise<true> {
    return until('the connection to be over', () => this.isOver) as Promise<true>
  }

  /** Offers a WebSocket in place of the polls, and sends these packets over it instead of the usual ones. */
  async upgrade(packets: readonly string[] = ['2probe', '5']): Promise<void> {
    const ws = new WebSocket(this.#path.replace('http', 'ws').replace('polling', 'websocket'))
    ws.on('error', () => undefined)
    this.#aborted.signal.addEventListener('abort', () => ws.terminate())
    const opened = Promise.race([once(ws, 'open'), once(ws, 'close')]).catch(() => undefined)
    await opened
    if (ws.readyState !== WebSocket.OPEN) return
    for (const packet of packets) {
      const answered =
        packet === '2probe' ? Promise.race([once(ws, 'message'), once(ws, 'close')]) : undefined
      ws.send(packet)
      await answered
    }
    if (packets.at(-1) === '5') this.#use(ws)
  }

  /** Ends and tells the server: one that vanishes between two polls is missed only after three quarters of a minute. */
  async end(): Promise<void> {
    const body = this.eio === 4 ? '1' : '1:1'
    this.abort()
    await fetch(this.#path, { method: 'POST', body, headers: { 'content-type': 'text/plain' } })
      .then((response) => response.arrayBuffer())
      .catch(() => undefined)
  }

  /** Ends without telling the server. */
  abort(): void {
    this.isOver = true
    LIVE.delete(this)
    this.#aborted.abort()
    this.#ws?.terminate()
  }

  get #path(): string {
    const sid = this.#sid && `&sid=${this.#sid}`
    return `${this.#url}/socket.io/?EIO=${this.eio}&transport=polling${sid}`
  }

  async #openWebSocket(): Promise<void> {
    const ws = new WebSocket(
      `${this.#url.replace('http', 'ws')}/socket.io/?EIO=${this.eio}&transport=websocket`,
    )
    ws.on('error', () => undefined)
    this.#use(ws)
    await Promise.race([once(ws, 'open'), once(ws, 'close')])
  }

  #use(ws: WebSocket): void {
    this.#ws = ws
    ws.on('message', (data) => this.#hear(data.toString()))
    ws.on('close', () => {
      this.isOver = true
    })
  }

  async #pollOn(): Promise<void> {
    while (!this.isOver && !this.#ws) await this.#pollOnce()
  }

  async #pollOnce(): Promise<void> {
    try {
      const response = await fetch(this.#path, { signal: this.#aborted.signal })
      const text = await response.text()
      // After an upgrade the last poll is told that polling is over.
      const isNews = (packet: string) => packet !== '1' || !this.#ws
      if (response.ok) for (const packet of this.#split(text).filter(isNews)) this.#hear(packet)
      else if (!this.#ws) this.isOver = true
    } catch {
      // The poll was reset, or aborted by the test. The last poll before an upgrade ends in any way.
      if (!this.#ws) this.isOver = true
    }
  }

  #split(text: string): string[] {
    if (this.eio === 4) return text.split(SEPARATOR)
    const packets: string[] = []
    for (let rest = text; rest !== ''; ) {
      const at = rest.indexOf(':')
      const length = Number(rest.slice(0, at))
      packets.push(rest.slice(at + 1, at + 1 + length))
      rest = rest.slice(at + 1 + length)
    }
    return packets
  }

  #hear(packet: string): void {
    if (packet === '2') void this.send('3')
    else if (packet === '1') this.isOver = true
    else this.heard.push(packet)
    this.onPacket(packet)
  }
}
