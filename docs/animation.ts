import { Buffer } from 'node:buffer'
import { crc32, deflateSync, inflateSync } from 'node:zlib'

/** One picture of an animation: a PNG, and how long it stays, in milliseconds. */
export interface Still {
  readonly png: Buffer
  readonly ms: number
}

interface Pixels {
  readonly width: number
  readonly height: number
  /** Red, green, blue, opacity: row by row. */
  readonly rgba: Buffer
}

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
const BYTES = 4

/**
 * Makes one animated PNG of PNGs of the same size (8 bits of red, green and blue, with or without opacity, not
 * interlaced, as Chromium makes them). Each picture after the first has only what is new in it: all else is
 * transparent. Pictures are opaque. Throws on any other PNG.
 */
export function animationOf(stills: readonly Still[]): Buffer {
  const [first, ...later] = stills.map(({ png }) => pixelsOf(png))
  if (!first) throw new Error('an animation has a picture')
  const { width, height } = first
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Eight bits of a colour, and colours with opacity.
  header.set([8, 6], 8)
  const control = Buffer.alloc(8)
  control.writeUInt32BE(stills.length, 0)
  let number = 0
  const frame = (at: number) =>
    chunk('fcTL', frameControl(number++, { width, height, ms: stills[at]?.ms ?? 0 }))
  const parts = [chunk('IHDR', header), chunk('acTL', control), frame(0), chunk('IDAT', packed(first))]
  let before = first
  for (const [index, pixels] of later.entries()) {
    parts.push(frame(index + 1))
    const counted = Buffer.alloc(4)
    counted.writeUInt32BE(number++)
    parts.push(chunk('fdAT', Buffer.concat([counted, packed(newIn(pixels, before))])))
    before = pixels
  }
  return Buffer.concat([SIGNATURE, ...parts, chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** Each frame is laid over what was there. */
function frameControl(
  number: number,
  { width, height, ms }: { width: number; height: number; ms: number },
): Buffer {
  const control = Buffer.alloc(26)
  control.writeUInt32BE(number, 0)
  control.writeUInt32BE(width, 4)
  control.writeUInt32BE(height, 8)
  control.writeUInt16BE(ms, 20)
  control.writeUInt16BE(1_000, 22)
  control[25] = number === 0 ? 0 : 1
  return control
}

function newIn({ width, height, rgba }: Pixels, before: Pixels): Pixels {
  const fresh = Buffer.alloc(rgba.length)
  for (let at = 0; at < rgba.length; at += BYTES)
    if (rgba.readUInt32BE(at) !== before.rgba.readUInt32BE(at)) rgba.copy(fresh, at, at, at + BYTES)
  return { width, height, rgba: fresh }
}

/** Rows as they are: what is new is small, and transparent bytes pack well without a filter. */
function packed({ width, height, rgba }: Pixels): Buffer {
  const row = width * BYTES
  const rows = Array.from({ length: height }, (_, y) => [
    Buffer.from([0]),
    rgba.subarray(y * row, (y + 1) * row),
  ])
  return deflateSync(Buffer.concat(rows.flat()), { level: 9 })
}

function pixelsOf(png: Buffer): Pixels {
  if (!png.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw new Error('this is no PNG')
  const chunks = chunksOf(png)
  const header = chunks.find(([type]) => type === 'IHDR')?.[1] ?? Buffer.alloc(13)
  const [depth, colours, , , interlacing] = header.subarray(8)
  const channels = colours === 6 ? 4 : 3
  if (depth !== 8 || interlacing !== 0 || (colours !== 2 && colours !== 6))
    throw new Error('this PNG has another form')
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const data = inflateSync(Buffer.concat(chunks.flatMap(([type, part]) => (type === 'IDAT' ? [part] : []))))
  const plain = unfiltered(data, { row: width * channels, height, channels })
  if (channels === BYTES) return { width, height, rgba: plain }
  const rgba = Buffer.alloc(width * height * BYTES, 255)
  for (let pixel = 0; pixel < width * height; pixel += 1)
    plain.copy(rgba, pixel * BYTES, pixel * channels, (pixel + 1) * channels)
  return { width, height, rgba }
}

function chunksOf(png: Buffer): (readonly [type: string, data: Buffer])[] {
  const chunks: (readonly [string, Buffer])[] = []
  for (let at = SIGNATURE.length; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at)
    chunks.push([png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length)])
    at += 12 + length
  }
  return chunks
}

/** Undoes the filter of each row (PNG, 9): a byte was written as its difference to its neighbours. */
function unfiltered(
  data: Buffer,
  { row, height, channels }: { row: number; height: number; channels: number },
): Buffer {
  const plain = Buffer.alloc(row * height)
  for (let y = 0; y < height; y += 1) {
    const filter = data[y * (row + 1)] ?? 0
    for (let x = 0; x < row; x += 1) {
      const at = y * row + x
      const left = x >= channels ? (plain[at - channels] ?? 0) : 0
      const up = y > 0 ? (plain[at - row] ?? 0) : 0
      const corner = x >= channels && y > 0 ? (plain[at - row - channels] ?? 0) : 0
      plain[at] = (data[y * (row + 1) + 1 + x] ?? 0) + predicted(filter, left, up, corner)
    }
  }
  return plain
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left
    case 2:
      return up
    case 3:
      return (left + up) >> 1
    case 4: {
      const [toLeft, toUp, toCorner] = [
        Math.abs(up - corner),
        Math.abs(left - corner),
        Math.abs(left + up - 2 * corner),
      ]
      return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner
    }
    default:
      return 0
  }
}
