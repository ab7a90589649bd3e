import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { SUBPROTOCOL } from '@parlance/protocol'
import { until } from '../../support/until.ts'
import { request } from './bare-http.ts'

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

interface FrameBits {
  readonly opcode?: number
  readonly isFinal?: boolean
  /** Extensions' bits; nobody has agreed on any. */
  readonly reserved?: number
  readonly isMasked?: boolean
  /** Announced instead of the payload's own. */
  readonly length?: bigint
}

/** A WebSocket frame as a client writes it, right or wrong. */
export function frame(payload: string | Buffer, bits: FrameBits = {}): Buffer {
  const { opcode = OPCODES.text, isFinal = true, reserved = 0, isMasked = true } = bits
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  const length = bits.length ?? BigInt(bytes.length)
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode
  const maskBit = isMasked ? 0x80 : 0
  const header =
    length < 126n
      ? Buffer.from([first, maskBit | Number(length)])
      : length < 65_536n
        ? Buffer.from([first, maskBit | 126, Number(length) >> 8, Number(length) & 0xff])
        : Buffer.concat([Buffer.from([first, maskBit | 127]), bigEndian(length)])
  if (!isMasked) return Buffer.concat([header, bytes])
  const mask = randomBytes(4)
  const masked = Buffer.from(bytes.map((byte, at) => byte ^ (mask[at % 4] ?? 0)))
  return Buffer.concat([header, mask, masked])
}

function bigEndian(length: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(length)
  return bytes
}

interface Heard {
  readonly opcode: number
  readonly payload: Buffer
}

/** A WebSocket client without manners: its handshake is right, it answers pings, and all else it says is what the test writes. */
export class BareWs {
  readonly socket: Socket
  readonly frames: Heard[] = []
  /** The head of the handshake's answer. */
  head = ''
  isClosed = false
  /** Takes texts that need not be kept. */
  sift: (text: string) => boolean = () => false
  #bytes = Buffer.alloc(0)

  constructor(url: string, path: string, headers: Readonly<Record<string, string>> = {}, from = '127.0.0.1') {
    const { hostname, port } = new URL(url)
    this.socket = connect({ host: hostname, port: Number(port), localAddress: from })
    this.socket.on('error', () => undefined)
    this.socket.on('close', () => {
      this.isClosed = true
    })
    this.socket.on('data', (bytes: Buffer) => this.#hear(bytes))
    this.socket.write(
      request(`GET ${path}`, {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': 13,
        'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
        ...headers,
      }),
    )
  }

  async opened(): Promise<this> {
    await until('the handshake', () => this.head !== '' || this.isClosed)
    if (!this.head.startsWith('HTTP/1.1 101')) throw new Error(`refused: ${this.head}`)
    return this
  }

  write(...frames: readonly Buffer[]): this {
    this.socket.write(Buffer.concat(frames))
    return this
  }

  say(text: string): this {
    return this.write(frame(text))
  }

  get texts(): string[] {
    return this.frames.flatMap(({ opcode, payload }) => (opcode === OPCODES.text ? [payload.toString()] : []))
  }

  /** Takes the first text that has the part. */
  heard(part: string, withinMs?: number): Promise<string> {
    return until(
      `"${part}"`,
      () => {
        if (this.isClosed) throw new Error(`closed with ${this.closeCode}, without "${part}"`)
        const at = this.frames.findIndex(({ payload }) => payload.includes(part))
        return at < 0 ? undefined : this.frames.splice(at, 1)[0]?.payload.toString()
      },
      withinMs,
    )
  }

  get closeCode(): number | undefined {
    const close = this.frames.find(({ opcode }) => opcode === OPCODES.close)
    return close && (close.payload.length >= 2 ? close.payload.readUInt16BE() : 1005)
  }

  /** The code of the server's close frame; 1006 when it closed without one. */
  async closed(withinMs?: number): Promise<number> {
    await until('the close', () => this.closeCode !== undefined || this.isClosed, withinMs)
    return this.closeCode ?? 1006
  }

  end(): void {
    this.socket.destroy()
  }

  #hear(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    if (this.head === '') {
      const end = this.#bytes.indexOf('\r\n\r\n')
      if (end < 0) return
      this.head = this.#bytes.toString('latin1', 0, end)
      this.#bytes = this.#bytes.subarray(end + 4)
    }
    for (let next = this.#next(); next; next = this.#next()) {
      if (next.opcode === OPCODES.ping) this.write(frame(next.payload, { opcode: OPCODES.pong }))
      if (next.opcode !== OPCODES.text || !this.sift(next.payload.toString())) this.frames.push(next)
    }
  }

  #next(): Heard | undefined {
    const bytes = this.#bytes
    if (bytes.length < 2) return undefined
    const short = bytes.readUInt8(1) & 0x7f
    const start = short < 126 ? 2 : short === 126 ? 4 : 10
    if (bytes.length < start) return undefined
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
    if (bytes.length < start + length) return undefined
    this.#bytes = bytes.subarray(start + length)
    return { opcode: bytes.readUInt8(0) & 0x0f, payload: bytes.subarray(start, start + length) }
  }
}

/** A native WebSocket that has said nothing yet. */
export const nativeWs = (
  url: string,
  { headers = {}, from }: { headers?: Readonly<Record<string, string>>; from?: string } = {},
): Promise<BareWs> =>
  new BareWs(url, '/v1/socket', { 'Sec-WebSocket-Protocol': SUBPROTOCOL, ...headers }, from).opened()

/** A Socket.IO connection that has entered the default namespace. */
export async function socketIo(url: string, from?: string): Promise<BareWs> {
  const ws = await new BareWs(url, '/socket.io/?EIO=4&transport=websocket', {}, from).opened()
  await ws.heard('pingInterval')
  await ws.say('40').heard('40{')
  return ws
}
