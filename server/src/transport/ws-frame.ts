import type { Frame } from '../delivery/index.ts'

const FIN_TEXT = 0x81
const MAX_SHORT = 125
const LENGTH_16 = 126
const LENGTH_64 = 127

/** How long an unmasked server frame's header is for a payload of so many bytes (RFC 6455, 5.2). */
const headerLength = (payloadBytes: number): number =>
  payloadBytes <= MAX_SHORT ? 2 : payloadBytes < 65_536 ? 4 : 10

/** One unmasked WebSocket text frame, header and payload in one Buffer. `prefix` is ASCII and counts as framing. */
export function wsTextFrame(payload: string, prefix = ''): Frame {
  const payloadBytes = Buffer.byteLength(payload) + prefix.length
  const header = headerLength(payloadBytes)
  const bytes = Buffer.allocUnsafe(header + payloadBytes)
  bytes[0] = FIN_TEXT
  if (header === 2) bytes[1] = payloadBytes
  else if (header === 4) {
    bytes[1] = LENGTH_16
    bytes.writeUInt16BE(payloadBytes, 2)
  } else {
    bytes[1] = LENGTH_64
    bytes.writeBigUInt64BE(BigInt(payloadBytes), 2)
  }
  if (prefix) bytes.write(prefix, header, 'latin1')
  bytes.write(payload, header + prefix.length, 'utf8')
  return { bytes, headerBytes: header + prefix.length }
}

/** Frames as one piece for a socket, to which each piece is a write. Each payload is ASCII, and at most 125 bytes long. */
export function wsShortFrames(payloads: readonly string[]): Frame {
  let text = ''
  for (const payload of payloads) text += SHORT_HEADERS[shortLength(payload)] + payload
  return { bytes: Buffer.from(text, 'latin1'), headerBytes: 0 }
}

/** By the length of the payload, each a character a byte. */
const SHORT_HEADERS: readonly string[] = Array.from({ length: MAX_SHORT + 1 }, (_, length) =>
  String.fromCharCode(FIN_TEXT, length),
)

function shortLength({ length }: string): number {
  if (length > MAX_SHORT) throw new RangeError(`a frame of ${length} bytes is not short`)
  return length
}
