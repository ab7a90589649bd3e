import { connect, type Socket } from 'node:net'
import { until } from '../../support/until.ts'

/** A TCP connection to the HTTP port that says whatever it likes. */
export class BareHttp {
  readonly socket: Socket
  heard = ''
  /** The server has ended its side. */
  isEnded = false
  isClosed = false

  /** `from` is our own address: on Linux all of 127.0.0.0/8 are. */
  constructor(port: number, from = '127.0.0.1') {
    // Half open: that the server ends its side does not end ours.
    this.socket = connect({ port, host: '127.0.0.1', localAddress: from, allowHalfOpen: true })
    this.socket.setEncoding('latin1')
    this.socket.on('data', (text) => {
      this.heard += text
    })
    this.socket.on('error', () => undefined)
    this.socket.on('end', () => {
      this.isEnded = true
    })
    this.socket.on('close', () => {
      this.isClosed = true
    })
  }

  write(bytes: string | Buffer): this {
    this.socket.write(bytes)
    return this
  }

  /** The status of the first answer. */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.heard)?.[1] ?? 0)
  }

  get statuses(): number[] {
    return [...this.heard.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
  }

  async answered(withinMs?: number): Promise<number> {
    await until('an answer', () => this.status > 0 || this.isEnded || this.isClosed, withinMs)
    return this.status
  }

  /** The server has let go of the connection. */
  async released(withinMs?: number): Promise<this> {
    await until('the server to let go', () => this.isEnded || this.isClosed, withinMs)
    return this
  }

  end(): void {
    this.socket.destroy()
  }
}

/** A request as bytes. */
export function request(
  line: string,
  headers: Readonly<Record<string, string | number>> = {},
  body: string | Buffer = '',
): Buffer {
  const lines = Object.entries({ Host: 'chat', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\n${lines.join('')}\r\n`), Buffer.from(body)])
}
