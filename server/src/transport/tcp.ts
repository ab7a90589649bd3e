import { createServer, type Server, type Socket } from 'node:net'

export interface SniffingOptions {
  /** Takes over a connection whose first byte is a capital letter: a method of HTTP. */
  readonly onHttp: (socket: Socket) => void
  /** Takes over any other, with its first bytes still to be read and so much left of its deadline. */
  readonly onRaw: (socket: Socket, msLeft: number) => void
  /** A peer that says nothing for this long is closed. */
  readonly deadlineMs: number
}

const isCapital = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x41 && byte <= 0x5a

/** A TCP server that tells HTTP from raw clients by their first byte. */
export function createSniffingServer({ onHttp, onRaw, deadlineMs }: SniffingOptions): Server {
  return createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, (socket) => {
    const openedAt = performance.now()
    const onError = () => socket.destroy()
    const timer = setTimeout(() => socket.destroy(), deadlineMs)
    socket.on('error', onError)
    socket.once('close', () => clearTimeout(timer))
    socket.once('readable', () => {
      const first: Buffer | null = socket.read()
      clearTimeout(timer)
      if (!first) {
        socket.destroy()
        return
      }
      socket.unshift(first)
      if (isCapital(first[0])) {
        socket.off('error', onError)
        onHttp(socket)
      } else onRaw(socket, deadlineMs - (performance.now() - openedAt))
    })
  })
}
