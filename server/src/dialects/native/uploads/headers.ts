import type { IncomingHttpHeaders } from 'node:http'
import { MAX_FILE_BYTES } from '../../../core/chat.ts'
import { parseUtf8 } from '../../../lib/json.ts'
import { isCleanText } from '../../../lib/text.ts'
import { Refusal } from '../refusal.ts'

/** The only version of the protocol that there is. */
export const TUS_VERSION = '1.0.0'
export const TUS_EXTENSIONS = 'creation,creation-with-upload,expiration,termination'
export const OFFSET_STREAM = 'application/offset+octet-stream'

const MAX_METADATA_LENGTH = 4_096
const NUMBER = /^\d{1,15}$/
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const KEY = /^[\x21-\x2b\x2d-\x7e]+$/

const refused = (detail: string): Refusal => new Refusal('invalid_request', { detail })

/** Refuses 'precondition_failed' where the client speaks another version. */
export function requireTus(headers: IncomingHttpHeaders): void {
  if (headers['tus-resumable'] === TUS_VERSION) return
  throw new Refusal('precondition_failed', {
    detail: `Uploads speak tus ${TUS_VERSION}: Tus-Resumable must say so.`,
    headers: { 'tus-version': TUS_VERSION },
  })
}

/** Refuses 'invalid_request' and 'payload_too_large'. */
export function uploadLength(headers: IncomingHttpHeaders): number {
  if (headers['upload-defer-length'] !== undefined)
    throw refused('Upload-Defer-Length is not supported: say Upload-Length.')
  const length = numberIn(headers, 'Upload-Length')
  if (length > MAX_FILE_BYTES)
    throw new Refusal('payload_too_large', { detail: `A file has at most ${MAX_FILE_BYTES} bytes.` })
  return length
}

export const uploadOffset = (headers: IncomingHttpHeaders): number => numberIn(headers, 'Upload-Offset')

function numberIn(headers: IncomingHttpHeaders, name: string): number {
  const text = headers[name.toLowerCase()]
  if (typeof text !== 'string' || !NUMBER.test(text)) throw refused(`${name} must be a whole number.`)
  return Number(text)
}

/** Values by their keys. Refuses what is not in the form that the protocol has for it. */
export function uploadMetadata(headers: IncomingHttpHeaders): ReadonlyMap<string, string> {
  const text = headers['upload-metadata']
  if (text === undefined || text === '') return new Map()
  if (typeof text !== 'string' || text.length > MAX_METADATA_LENGTH)
    throw refused(`Upload-Metadata must have at most ${MAX_METADATA_LENGTH} characters.`)
  const values = new Map<string, string>()
  for (const pair of text.split(',')) {
    const [key = '', encoded = '', ...rest] = pair.trim().split(' ')
    const value =
      rest.length === 0 && BASE64.test(encoded) ? parseUtf8(Buffer.from(encoded, 'base64')) : undefined
    if (!KEY.test(key) || values.has(key) || value === undefined || !isCleanText(value))
      throw refused('Upload-Metadata must have pairs of a key and Base64 of UTF-8, each key once.')
    values.set(key, value)
  }
  return values
}
