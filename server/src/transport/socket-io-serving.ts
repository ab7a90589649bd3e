import { guarded } from '../lib/guard.ts'
import { engineConnection, type Socket, shortenGoodbye } from './engine-io.ts'
import { conclude, type PendingWrite } from './in-flight.ts'
import { Inbox } from './inbox.ts'
import { hold, release } from './reading-turns.ts'
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
export function serve(socket: Socket, { dialects, onError }: SocketIoOptions): void {
  const link = linkOf(socket.conn)
  if (!link) throw new Error('a connection was never announced')
  const sink = new SocketIoSink(socket, link)
  const sessions: SocketIoSession[] = []
  const cutOff = () => link.cutOff()
  const inbox: Inbox<Arrival> = new Inbox<Arrival>({
    handle: async ({ packet }) => {
      if (sink.isCrowded) await sink.drained()
      return dispatch(packet, { sessions, inbox, sink })
    },
    sizeOf: ({ bytes }) => bytes,
    share: link.share,
    cutOff,
    pause: () => hold(link.socket),
    resume: () => release(link.socket),
    onError,
  })
  const end = async () => {
    inbox.clear()
    sink.end()
    await Promise.all(sessions.map((session) => Promise.try(() => session.onClose()).catch(onError)))
  }
  socket.on('disconnect', guarded('socket_io', end))
  // A packet that cannot be parsed makes socket.io close the connection and emit this.
  const disconnect = () => socket.disconnect(true)
  socket.on('error', guarded('socket_io', disconnect))
  const take = (packet: readonly unknown[]) => inbox.push({ packet, bytes: link.takeArrived() })
  socket.use(guarded('socket_io', take, cutOff))
  link.inbox = inbox
  for (const dialect of dialects) sessions.push(dialect.connect(connectionOf(socket, sink, link)))
}

function connectionOf(socket: Socket, sink: SocketIoSink, link: SocketIoLink): SocketIoConnection {
  return {
    address: link.address,
    sink,
    emit: (event, payload) => sink.send(socketIoFrame(event, payload)),
    setOwner: (owner) => sink.setOwner(owner),
    disconnect: () => {
      sink.finish()
      shortenGoodbye(engineConnection(socket.conn), CLOSE_GRACE_MS)
      socket.disconnect(true)
    },
  }
}

interface Client {
  readonly sessions: readonly SocketIoSession[]
  readonly inbox: Inbox<Arrival>
  readonly sink: SocketIoSink
}

async function dispatch(
  packet: readonly unknown[],
  { sessions, inbox, sink }: Client,
): Promise<PendingWrite | undefined> {
  const [event, ...args] = packet
  const last = args.at(-1)
  const callback = typeof last === 'function' ? last : undefined
  const acknowledge = () => {
    // Later, since the answers too leave at the end of the turn: they come before the acknowledgement.
    if (callback) sink.afterFlush(() => callback())
  }
  const argument = args[0] === callback ? undefined : args[0]
  const name = String(event)
  const knowing = sessions.filter((session) => session.knows(name))
  const [first] = knowing
  if (first?.isSend?.(name) && knowing.length === 1)
    return (await first.handle(name, argument, acknowledge)) ?? undefined
  await inbox.settled()
  for (const session of knowing) {
    const write = await session.handle(name, argument, acknowledge)
    if (write) await conclude(write)
  }
  if (knowing.length === 0) for (const session of sessions) session.onUnknown?.(name, acknowledge)
  return undefined
}
