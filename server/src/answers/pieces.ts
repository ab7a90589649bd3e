import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/** Bytes that are made before anything is sent. A shorter answer goes as one, with its Content-Length. */
const FIRST_BYTES = 256 * 1024

/** An answer whose first pieces are made; each later piece is made when the peer has taken those before. */
export class Begun {
  readonly first: readonly Buffer[]
  /** Undefined when the answer has no more pieces. */
  readonly rest: AsyncIterator<Buffer> | undefined

  private constructor(first: readonly Buffer[], rest: AsyncIterator<Buffer> | undefined) {
    this.first = first
    this.rest = rest
  }

  static of(bytes: Buffer): Begun {
    return new Begun([bytes], undefined)
  }

  /** Rejects with a failure in the first pieces: it can still be answered in a dialect's words. */
  static async from(pieces: AsyncIterable<Buffer>): Promise<Begun> {
    const iterator = pieces[Symbol.asyncIterator]()
    const first: Buffer[] = []
    for (let length = 0; length < FIRST_BYTES; length += first.at(-1)?.length ?? 0) {
      const next = await iterator.next()
      if (next.done) return new Begun(first, undefined)
      first.push(next.value)
    }
    return new Begun(first, iterator)
  }
}

/** Smaller pieces leave together: each write costs as much as copying some kilobytes. */
const PIECE_BYTES = 64 * 1024
const COMMA = Buffer.from(',')

/** The pieces of a list whose items come in blocks, with the texts before and after the list. */
export async function* listPieces(
  blocks: AsyncIterable<Buffer>,
  [before, after]: readonly [before: string, after: string],
): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [Buffer.from(before)]
  let bytes = 0
  let isFirst = true
  for await (const block of blocks) {
    if (!isFirst) gathered.push(COMMA)
    isFirst = false
    if (bytes + block.length > PIECE_BYTES) {
      yield Buffer.concat(gathered)
      gathered = []
      bytes = 0
    }
    if (block.length > PIECE_BYTES) yield block
    else {
      gathered.push(block)
      bytes += block.length
    }
  }
  yield Buffer.concat([...gathered, Buffer.from(after)])
}

interface Sending {
  readonly type: string
  /** Gets a failure after the first pieces, which cuts the answer off. */
  readonly onError: (error: Error) => void
}

export function sendBegun(
  reply: FastifyReply,
  { first, rest }: Begun,
  { type, onError }: Sending,
): FastifyReply {
  reply.type(type)
  if (!rest) return reply.send(first.length === 1 ? first[0] : Buffer.concat(first))
  const stream = Readable.from(following(first, rest), { objectMode: false })
  stream.once('error', onError)
  return reply.send(stream)
}

async function* following(first: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* first
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
