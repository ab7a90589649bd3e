import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import { type Sink, SocketSink } from '../../delivery/index.ts'
import { type Limits, networkOf } from '../../transport/index.ts'
import { Attendance, type Attendee, type Hall } from './attendance.ts'
import { answerTo } from './errors.ts'
import { Handshake } from './handshake.ts'
import { ownerOf, type Pass } from './wire.ts'

/** How long a peer may take to close its side. */
const CLOSE_GRACE_MS = 1_000

/** Raw TCP clients: each shows a pass to one room, then only listens. */
export class RawClients {
  readonly #hall: Hall
  readonly #limits: Limits
  readonly #log: Logger
  readonly #clients = new Map<Socket, RawClient>()

  constructor(hall: Hall, limits: Limits, log: Logger) {
    this.#hall = hall
    this.#limits = limits
    this.#log = log
  }

  get count(): number {
    return this.#clients.size
  }

  /** The socket's first bytes are still to be read. */
  accept(socket: Socket, handshakeMs: number): void {
    const address = networkOf(socket.remoteAddress)
    const client = new RawClient(socket, this.#hall, this.#log)
    this.#clients.set(socket, client)
    socket.on('close', () => {
      this.#clients.delete(socket)
      void client.end()
    })
    if (this.#limits.take('request', address) > 0) client.close()
    else client.open(address, handshakeMs)
  }

  /** Resolves when all are gone. */
  async close(): Promise<void> {
    const clients = [...this.#clients]
    const closed = clients.map(([socket]) => once(socket, 'close'))
    for (const [, client] of clients) client.close()
    await Promise.all(closed)
  }
}

function destroy(this: Socket): void {
  this.destroy()
}

const drop = (): void => undefined

class RawClient implements Attendee {
  readonly #socket: Socket
  readonly #log: Logger
  readonly #out: SocketSink
  readonly #attendance: Attendance
  #handshake: Handshake | undefined
  #deadline: NodeJS.Timeout | undefined

  constructor(socket: Socket, hall: Hall, log: Logger) {
    this.#socket = socket
    this.#log = log
    this.#out = new SocketSink(socket, this)
    this.#attendance = new Attendance(hall, this)
    socket.on('error', destroy)
    // Bytes after the handshake are read too, and dropped.
    socket.on('data', drop).resume()
  }

  get sink(): Sink {
    return this.#out
  }

  onSlow(): void {
    this.#socket.destroy()
  }

  onRevoked(): void {
    this.close()
  }

  onLeft(): void {
    this.close()
  }

  open(address: string, handshakeMs: number): void {
    this.#handshake = new Handshake()
    this.#deadline = setTimeout(() => this.close(), handshakeMs)
    const onData = (segment: Buffer) => {
      const pass = this.#handshake?.push(segment) ?? 'refused'
      if (pass === 'incomplete') return
      this.#socket.off('data', onData)
      this.#endHandshake()
      if (pass === 'refused') this.close()
      else void this.#admit(pass, address)
    }
    this.#socket.on('data', onData)
  }

  /** What was pushed before leaves before. */
  close(): void {
    this.#endHandshake()
    if (this.#socket.destroyed) return
    this.#out.flush()
    this.#socket.end()
    setTimeout(() => this.#socket.destroy(), CLOSE_GRACE_MS).unref()
  }

  #endHandshake(): void {
    clearTimeout(this.#deadline)
    this.#deadline = undefined
    this.#handshake = undefined
  }

  async #admit(pass: Pass, address: string): Promise<void> {
    try {
      const visit = await this.#attendance.enter(pass, address)
      this.#out.setOwner(ownerOf(visit.visitor))
      if (!this.#attendance.join(visit)) this.close()
    } catch (error) {
      if (!answerTo(error)) this.#log.error({ err: error }, 'handshake failed')
      this.close()
    }
  }

  /** The socket is gone. */
  async end(): Promise<void> {
    this.#endHandshake()
    try {
      await this.#attendance.end()
    } catch (error) {
      this.#log.error({ err: error }, 'connection ended badly')
    }
  }
}
