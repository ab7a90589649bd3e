import type { Socket } from 'node:net'

interface Handshake {
  readonly ends: string
  readonly deadline: NodeJS.Timeout
}

/**
 * The plain connections of a listener whose handshake is not done. Node makes a new object of a connection in the
 * handshake and does not say of which: both have the same ends.
 */
export class Handshakes {
  readonly #bySocket = new Map<Socket, Handshake>()
  readonly #byEnds = new Map<string, Socket>()
  /** One listener for all connections: a closure for each would be kept with its connection. */
  readonly #onClose: (this: Socket) => void

  constructor() {
    const forget = (socket: Socket) => this.#forget(socket)
    this.#onClose = function (this: Socket) {
      forget(this)
    }
  }

  /** Adds a new connection. `deadline` is cleared when it is settled or gone. */
  add(socket: Socket, deadline: NodeJS.Timeout): void {
    const ends = endsOf(socket)
    this.#bySocket.set(socket, { ends, deadline })
    this.#byEnds.set(ends, socket)
    socket.on('close', this.#onClose)
  }

  /** The plain connection under a secured one, which is no longer a handshake; undefined where that is gone. */
  settle(secure: Socket): Socket | undefined {
    const socket = this.#byEnds.get(endsOf(secure))
    if (socket) this.#forget(socket)
    return socket
  }

  #forget(socket: Socket): void {
    const handshake = this.#bySocket.get(socket)
    if (!handshake) return
    clearTimeout(handshake.deadline)
    this.#bySocket.delete(socket)
    // Another connection may have the ends of one that is gone.
    if (this.#byEnds.get(handshake.ends) === socket) this.#byEnds.delete(handshake.ends)
    socket.off('close', this.#onClose)
  }
}

const endsOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
