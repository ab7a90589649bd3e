import type { Duplex, Readable } from 'node:stream'
import { runAfter } from '../lib/timers.ts'
import { GatheredRequest } from './gathered-request.ts'

/**
 * Notes that a request's body is passed on as it comes, by a reader that cuts off a peer that stalls: the time of the
 * whole request is not bounded meanwhile, and only bytes that wait to be read count as held. Call the answer when
 * reading has ended, in whatever way.
 */
export function streamed(body: Readable): () => void {
  if (!(body instanceof GatheredRequest)) return () => undefined
  body.isStreamed = true
  return () => {
    body.isStreamed = false
  }
}

/** Lets a request that has taken too long go on while its body is streamed; false where it is not. */
export function spare(request: GatheredRequest, ms: number): boolean {
  if (request.complete || !request.isStreamed) return false
  // Node does not look at this request again, and its reader may end before its body does.
  const look = () => {
    if (request.complete || request.socket.destroyed) return
    if (request.isStreamed) runAfter(ms, look).unref()
    else request.socket.destroy()
  }
  runAfter(ms, look).unref()
  return true
}

const STATUSES: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
}

export const isOverdue = (error: Error): boolean => codeOf(error) === 'ERR_HTTP_REQUEST_TIMEOUT'

/** Ends a connection whose request cannot be read, as Node does by itself where nobody listens for it. */
export function refuseUnreadable(error: Error, socket: Duplex, isAnswered: boolean): void {
  const status = STATUSES[codeOf(error)] ?? '400 Bad Request'
  if (socket.writable && !isAnswered) socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`)
  socket.destroy()
}

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '')
