import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

const bodies = new WeakMap<IncomingMessage, Buffer>()

/** Reads a body to choose who answers, and keeps it for them. Stops reading past `maxBytes`. */
export async function readAhead(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk)
    length += chunk.length
    if (length > maxBytes) break
  }
  const body = Buffer.concat(chunks, length)
  bodies.set(request, body)
  return body
}

/** The body that was read ahead, as the stream a parser expects. */
export function replay(request: IncomingMessage): Readable | undefined {
  const body = bodies.get(request)
  if (!body) return undefined
  // Fastify compares this with the Content-Length header.
  return Object.assign(Readable.from([body], { objectMode: false }), { receivedEncodedLength: body.length })
}
