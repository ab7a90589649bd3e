import type { Socket } from 'node:net'
import { runNextTurn } from '../lib/timers.ts'
import type { EngineConnection } from './engine-io.ts'

/** Packets that wait to be sent. A megabyte of events has fewer; these are what engine.io answers by itself. */
const MAX_WAITING_PACKETS = 20_000
/** Times that a WebSocket may ask whether it may take over from polls. */
const MAX_PROBES = 10

/** What engine.io answers by itself it goes on answering whether or not it is read. */
export function cutOffUnread(engine: EngineConnection): void {
  let probes = 0
  engine.on('packetCreate', () => {
    if (engine.writeBuffer.length > MAX_WAITING_PACKETS) engine.close(true)
  })
  engine.on('upgrading', () => {
    if (++probes > MAX_PROBES) engine.close(true)
  })
}

/** As much as is read at once. */
const FULL_CHUNK_BYTES = 64 * 1024

/** Sockets that are not read until what was asked over them is answered. */
const held = new WeakSet<Socket>()

/**
 * A packet of a few bytes costs the peer nothing, and reading goes on until nothing is left to read: after
 * each full chunk it is others' turn.
 */
export function readInTurns(socket: Socket): void {
  socket.on('data', (chunk: Buffer) => {
    if (chunk.length < FULL_CHUNK_BYTES) return
    socket.pause()
    runNextTurn(() => {
      if (!held.has(socket)) socket.resume()
    })
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
