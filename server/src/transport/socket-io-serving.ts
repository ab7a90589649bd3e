import type { Owner } from '../delivery/index.ts'
import { caught, guarded } from '../lib/guard.ts'
import type { MemoryShare } from '../lib/memory-budget.ts'
import { engineConnection, type Socket, shortenGoodbye } from './engine-io.ts'
import { conclude, type PendingWrite } from './in-flight.ts'
import { Inbox, type InboxOwner, type InboxPeer } from './inbox.ts'
import { hold, release } from './reading-turns.ts'
import { numberAs } from './request-ids.ts'
import type { SocketIoConnection, SocketIoOptions, SocketIoSession } from './socket-io-dialect.ts'
import { socketIoFrame } from './socket-io-frame.ts'
import { linkOf, type SocketIoLink } from './socket-io-link.ts'
import { SocketIoSink } from './socket-io-sink.ts'

/** Milliseconds that a polling client has to poll for its close. */
const CLOSE_GRACE_MS = 1_000

/** An event, and the bytes that have come since the event before. */
interface Arrival {
  readonly packet: readonly unknown[]
  readonly bytes: number
}

/** Serves one client from its CONNECT until it leaves the namespace, or its connection ends. */
export function serve(socket: Socket, options: SocketIoOptions): void {
  const link = linkOf(socket.conn)
  if (!link) throw new Error('a connection was never announced')
  const client = new ServedClient(socket, link, options)
  numberAs(socket, link.requestNumber)
  clients.set(socket, client)
  socket.on('disconnect', endClient)
  socket.on('error', disconnectSocket)
  socket.use((packet) => client.take(packet))
  client.enter()
}

const clients = new WeakMap<Socket, ServedClient>()

// Listeners that all clients share: a closure for each client and event would take 2 KB.
const endClient = guarded('socket_io', async function (this: Socket) {
  await clients.get(this)?.end()
})
// A packet that cannot be parsed makes socket.io close the connection and emit an error.
const disconnectSocket = guarded('socket_io', function (this: Socket) {
  this.disconnect(true)
})

/** One client, as its requests and as its dialects see it. */
class ServedClient implements InboxOwner<Arrival>, InboxPeer, SocketIoConnection {
  readonly sink: SocketIoSink
  readonly #socket: Socket
  readonly #link: SocketIoLink
  readonly #options: SocketIoOptions
  readonly #inbox: Inbox<Arrival>
  #sessions: readonly SocketIoSession[] = []

  constructor(socket: Socket, link: SocketIoLink, options: SocketIoOptions) {
    this.#socket = socket
    this.#link = link
    this.#options = options
    this.sink = new SocketIoSink(socket, link)
    this.#inbox = new Inbox(this, this)
    link.inbox = this.#inbox
  }

  /** Begins its sessions, one in each dialect. */
  enter(): void {
    this.#sessions = this.#options.dialects.map((dialect) => dialect.connect(this))
  }

  take(packet: readonly unknown[]): void {
    try {
      this.#inbox.push({ packet, bytes: this.#link.takeArrived() })
    } catch (error) {
      caught('socket_io', error, () => this.terminate(), [this])
    }
  }

  async end(): Promise<void> {
    const onError = (error: unknown) => this.onError(error)
    this.#inbox.clear()
    this.sink.end()
    await Promise.all(this.#sessions.map((session) => Promise.try(() => session.onClose()).catch(onError)))
  }

  // The dialects call these.

  get address(): string {
    return this.#link.address
  }

  get requestId(): string {
    return this.#link.requestId
  }

  emit(event: string, payload: unknown): void {
    this.sink.send(socketIoFrame(event, payload))
  }

  setOwner(owner: Owner): void {
    this.sink.setOwner(owner)
  }

  disconnect(): void {
    this.sink.finish()
    shortenGoodbye(engineConnection(this.#socket.conn), CLOSE_GRACE_MS)
    this.#socket.disconnect(true)
  }

  // The inbox calls these.

  async handle({ packet }: Arrival): Promise<PendingWrite | undefined> {
    if (this.sink.isCrowded) await this.sink.drained()
    return this.#dispatch(packet)
  }

  sizeOf({ bytes }: Arrival): number {
    return bytes
  }

  get share(): MemoryShare {
    return this.#link.share
  }

  terminate(): void {
    this.#link.cutOff()
  }

  pause(): void {
    hold(this.#link.socket)
  }

  resume(): void {
    release(this.#link.socket)
  }

  onError(error: unknown): void {
    this.#options.onError(error, this.requestId)
  }

  async #dispatch(packet: readonly unknown[]): Promise<PendingWrite | undefined> {
    const [event, ...args] = packet
    const last = args.at(-1)
    const callback = typeof last === 'function' ? last : undefined
    const acknowledge = () => {
      // Later, since the answers too leave at the end of the turn: they come before the acknowledgement.
      if (callback) this.sink.afterFlush(() => callback())
    }
    const argument = args[0] === callback ? undefined : args[0]
    const name = String(event)
    const knowing = this.#sessions.filter((session) => session.knows(name))
    const [first] = knowing
    if (first?.isSend?.(name) && knowing.length === 1)
      return (await first.handle(name, argument, acknowledge)) ?? undefined
    await this.#inbox.settled()
    for (const session of knowing) {
      const write = await session.handle(name, argument, acknowledge)
      if (write) await conclude(write)
    }
    if (knowing.length === 0) for (const session of this.#sessions) session.onUnknown?.(name, acknowledge)
    return undefined
  }
}
