/** Facts about a file that its first bytes tell. */
interface Media {
  readonly type: string
  /** In pixels; null where it is no image, or does not tell. */
  readonly width: number | null
  readonly height: number | null
}

interface Size {
  readonly width: number
  readonly height: number
}

/** A kind of file that browsers may show in a page: it has no scripts, whatever is in it. */
interface Kind {
  readonly type: string
  readonly isIt: (head: Buffer) => boolean
  readonly sizeOf?: (head: Buffer) => Size | undefined
}

const at = (offset: number, text: string) => (head: Buffer) =>
  head.subarray(offset, offset + text.length).equals(Buffer.from(text, 'latin1'))

const riff = (form: string) => (head: Buffer) => at(0, 'RIFF')(head) && at(8, form)(head)
const brand =
  (...brands: readonly string[]) =>
  (head: Buffer) =>
    at(4, 'ftyp')(head) && brands.some((each) => at(8, each)(head))

const isMp3 = (head: Buffer): boolean =>
  at(0, 'ID3')(head) ||
  // A frame of layer 3 whose bit rate and sampling rate are none that are reserved.
  (head.length > 3 &&
    head[0] === 0xff &&
    [0xfb, 0xfa, 0xf3, 0xf2].includes(head[1] ?? 0) &&
    ((head[2] ?? 0xff) & 0xf0) !== 0xf0 &&
    ((head[2] ?? 0xff) & 0x0c) !== 0x0c)

const KINDS: readonly Kind[] = [
  {
    type: 'image/png',
    isIt: at(0, '\x89PNG\r\n\x1a\n'),
    sizeOf: (head) =>
      at(12, 'IHDR')(head) && head.length >= 24
        ? { width: head.readUInt32BE(16), height: head.readUInt32BE(20) }
        : undefined,
  },
  {
    type: 'image/gif',
    isIt: (head) => at(0, 'GIF87a')(head) || at(0, 'GIF89a')(head),
    sizeOf: (head) =>
      head.length >= 10 ? { width: head.readUInt16LE(6), height: head.readUInt16LE(8) } : undefined,
  },
  { type: 'image/jpeg', isIt: at(0, '\xff\xd8\xff'), sizeOf: jpegSize },
  { type: 'image/webp', isIt: riff('WEBP'), sizeOf: webpSize },
  { type: 'image/avif', isIt: brand('avif', 'avis') },
  { type: 'audio/mpeg', isIt: isMp3 },
  { type: 'audio/wav', isIt: riff('WAVE') },
  { type: 'audio/flac', isIt: at(0, 'fLaC') },
  { type: 'audio/mp4', isIt: brand('M4A ', 'M4B ') },
  { type: 'video/ogg', isIt: (head) => at(0, 'OggS')(head) && head.subarray(0, 256).includes('theora') },
  { type: 'audio/ogg', isIt: at(0, 'OggS') },
  {
    type: 'video/mp4',
    isIt: brand('isom', 'iso2', 'iso4', 'iso5', 'iso6', 'mp41', 'mp42', 'avc1', 'M4V ', 'dash'),
  },
  {
    type: 'video/webm',
    isIt: (head) => at(0, '\x1a\x45\xdf\xa3')(head) && head.subarray(0, 64).includes('webm'),
  },
]

const SHOWN: ReadonlySet<string> = new Set(KINDS.map(({ type }) => type))

/** Whether browsers may show it in a page: only what the content itself has been found to be has such a type. */
export const mayBeShown = (type: string): boolean => SHOWN.has(type)

const ANY = 'application/octet-stream'
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/

/** A type as its client has named it: without parameters, and none of those that only the content may have. */
export function declaredType(text: string | undefined): string {
  const type = (text ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return MEDIA_TYPE.test(type) && !SHOWN.has(type) ? type : ANY
}

/** `declared` is used where the content does not tell. */
export function mediaOf(head: Buffer, declared: string): Media {
  const kind = KINDS.find(({ isIt }) => isIt(head))
  const size = kind?.sizeOf?.(head)
  const isSized = size !== undefined && size.width > 0 && size.height > 0
  return {
    type: kind?.type ?? declaredType(declared),
    width: isSized ? size.width : null,
    height: isSized ? size.height : null,
  }
}

/** The first frame's, which lies behind segments of any kind. */
function jpegSize(head: Buffer): Size | undefined {
  let place = 2
  while (place + 9 <= head.length) {
    if (head[place] !== 0xff) return undefined
    const marker = head[place + 1] ?? 0
    // C4, C8 and CC are tables and a reserved one among the markers of frames.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { height: head.readUInt16BE(place + 5), width: head.readUInt16BE(place + 7) }
    // A filling byte, or one without a length.
    if (marker === 0xff) place += 1
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) place += 2
    else place += 2 + Math.max(2, head.readUInt16BE(place + 2))
  }
  return undefined
}

function webpSize(head: Buffer): Size | undefined {
  if (head.length < 30) return undefined
  if (at(12, 'VP8X')(head)) return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 }
  if (at(12, 'VP8 ')(head))
    return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff }
  if (!at(12, 'VP8L')(head)) return undefined
  const bits = head.readUInt32LE(21)
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}
