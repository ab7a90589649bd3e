import { createServer, type Server, type Socket } from 'node:net'
import { runAfter } from '../lib/timers.ts'
import { STRANGERS, Strangers } from './strangers.ts'

interface SniffingOptions {
  /** Takes over a connection whose first byte is a capital letter: a method of HTTP. */
  readonly onHttp: (socket: Socket) => void
  /**
   * Takes over any other, with its first bytes still to be read and so much left of its deadline. An error
   * destroys it.
   */
  readonly onRaw: (socket: Socket, msLeft: number) => void
  /** A peer that says nothing for this long is closed. */
  readonly deadlineMs: number
  /** Holds each connection until the code that takes it over removes it. By default the server's own. */
  readonly strangers?: Strangers
}

const isCapital = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x41 && byte <= 0x5a

/** A peer may end its side and listen on, as `nc -N` does. */
const OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000, allowHalfOpen: true }

function destroy(this: Socket): void {
  this.destroy()
}

/** A TCP server that tells HTTP from raw clients by their first byte. */
export function createSniffingServer({
  onHttp,
  onRaw,
  deadlineMs,
  strangers = new Strangers(STRANGERS),
}: SniffingOptions): Server {
  return createServer(OPTIONS, (socket) => {
    strangers.add(socket)
    if (socket.destroyed) return
    const openedAt = performance.now()
    const timer = runAfter(deadlineMs, () => socket.destroy())
    const forgetTimer = () => clearTimeout(timer)
    socket.on('error', destroy)
    socket.once('close', forgetTimer)
    socket.once('readable', () => {
      const first: Buffer | null = socket.read()
      clearTimeout(timer)
      // A connection that lasts for days must not keep its beginning.
      socket.off('close', forgetTimer)
      if (!first) {
        socket.destroy()
        return
      }
      socket.unshift(first)
      if (isCapital(first[0])) {
        socket.off('error', destroy)
        onHttp(socket)
      } else onRaw(socket, deadlineMs - (performance.now() - openedAt))
    })
  })
}
