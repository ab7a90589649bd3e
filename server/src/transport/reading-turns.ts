import type { Socket } from 'node:net'
import { runNextTurn } from '../lib/timers.ts'

/** As much as is read at once. */
const FULL_CHUNK_BYTES = 64 * 1024

/** Sockets that are not read until what was asked over them is answered. */
const held = new WeakSet<Socket>()

/**
 * Pauses reading after a full chunk, so that other connections have their turn. Otherwise the socket would be read
 * until it is empty, and sending more costs the peer nothing.
 */
export function endTurnAfter(bytes: number, socket: Socket): void {
  if (bytes < FULL_CHUNK_BYTES) return
  socket.pause()
  runNextTurn(() => {
    if (!held.has(socket)) socket.resume()
  })
}

/** Stops the reading until `release`. */
export function hold(socket: Socket | undefined): void {
  if (!socket) return
  held.add(socket)
  socket.pause()
}

export function release(socket: Socket | undefined): void {
  if (socket && held.delete(socket)) socket.resume()
}
