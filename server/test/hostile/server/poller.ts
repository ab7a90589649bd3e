import { connect, type Socket } from 'node:net'
import { until } from '../../support/until.ts'

const SEPARATOR = '\u001e'

/** A Socket.IO 4 client that polls, over a connection of its own, so that it can stop reading it. */
export class Poller {
  readonly socket: Socket
  readonly #url: string
  readonly #packets: string[] = []
  onPacket: (packet: string) => void = () => undefined
  isOver = false
  #sid = ''
  #bytes = Buffer.alloc(0)
  #isPolling = false
  #isGoingOn = false

  private constructor(url: string) {
    this.#url = url
    const { hostname, port } = new URL(url)
    this.socket = connect({ host: hostname, port: Number(port) })
    this.socket.on('error', () => undefined)
    this.socket.on('close', () => {
      this.isOver = true
    })
    this.socket.on('data', (bytes: Buffer) => this.#hear(bytes))
  }

  static async connect(url: string): Promise<Poller> {
    const poller = new Poller(url)
    poller.poll()
    const open = await poller.heard('"sid"')
    poller.#sid = JSON.parse(open.slice(1)).sid
    await poller.post('40')
    await poller.heard('40{')
    return poller
  }

  get path(): string {
    return `/socket.io/?EIO=4&transport=polling${this.#sid && `&sid=${this.#sid}`}`
  }

  poll(): void {
    if (this.#isPolling || this.isOver) return
    this.#isPolling = true
    this.socket.write(`GET ${this.path} HTTP/1.1\r\nHost: chat\r\n\r\n`)
  }

  /** Polls again whenever a poll is answered. */
  pollOn(): void {
    this.#isGoingOn = true
    this.poll()
  }

  async post(packets: string): Promise<number> {
    const { status } = await fetch(this.#url + this.path, { method: 'POST', body: packets })
    return status
  }

  async heard(part: string): Promise<string> {
    return until(`"${part}" in a poll`, () => {
      const at = this.#packets.findIndex((packet) => packet.includes(part))
      if (at < 0) this.poll()
      return at < 0 ? undefined : this.#packets.splice(at, 1)[0]
    })
  }

  /** Says so: one that just vanishes between two polls is missed only after three quarters of a minute. */
  end(): void {
    this.post('1').catch(() => undefined)
    this.socket.destroy()
  }

  #hear(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    const headEnd = this.#bytes.indexOf('\r\n\r\n')
    if (headEnd < 0) return
    const head = this.#bytes.toString('latin1', 0, headEnd)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    const start = headEnd + 4
    if (this.#bytes.length < start + length) return
    const packets = this.#bytes.toString('utf8', start, start + length).split(SEPARATOR)
    this.#bytes = this.#bytes.subarray(start + length)
    this.#isPolling = false
    this.#take(head, packets)
    if (this.#isGoingOn) this.poll()
  }

  #take(head: string, packets: readonly string[]): void {
    // `1` closes, and `41` leaves the namespace.
    if (!head.startsWith('HTTP/1.1 200') || packets.some((packet) => packet === '1' || packet === '41'))
      this.isOver = true
    for (const packet of packets) {
      if (packet === '2') void this.post('3')
      this.onPacket(packet)
      if (!this.#isGoingOn) this.#packets.push(packet)
    }
  }
}
