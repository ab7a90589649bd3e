import { type AccountId, toAccountId } from '../../core/chat.ts'
import { isJsonObject, own, parseJson, parseUtf8, withoutByteOrderMark } from '../../lib/json.ts'
import { composedLength, isCleanText } from '../../lib/text.ts'
import { malformed } from './errors.ts'

/** Sixteen digits reach past 2^53; the rest is refused without being converted. */
const NUMERAL = /^\d{1,16}$/

/** Reads a form that begins like an object as JSON: programs such as curl call a body a form unless told otherwise. */
export function parseBody(body: Buffer | undefined, format: 'json' | 'form'): unknown {
  if (!body) throw malformed('A body is required')
  const text = parseUtf8(body)
  const value = text === undefined ? undefined : parseText(withoutByteOrderMark(text), format)
  if (value === undefined) throw malformed('The body cannot be read')
  return value
}

const parseText = (text: string, format: 'json' | 'form'): unknown =>
  format === 'json' || /^\s*\{/.test(text) ? parseJson(text) : Object.fromEntries(new URLSearchParams(text))

/** An id as a client writes it: in answers and events it is written the same way. */
export type WireId = number | string

export interface Reference {
  readonly accountId: AccountId
  readonly as: WireId
}

export function referenceField(body: unknown, name: string): Reference {
  const given = wireIdOf(field(body, name))
  if (!given) throw malformed(`${name} must be the id of a user`)
  return { accountId: toAccountId(given.id), as: given.as }
}

export function textField(body: unknown, name: string, maxLength = Number.POSITIVE_INFINITY): string {
  const value = field(body, name)
  if (value === undefined) throw malformed(`${name} is required`)
  if (typeof value !== 'string' || value === '' || !isCleanText(value)) {
    throw malformed(`${name} must be a non-empty text`)
  }
  if (composedLength(value) > maxLength) throw malformed(`${name} is too long`)
  return value
}

export const field = (body: unknown, name: string): unknown =>
  isJsonObject(body) ? own(body, name) : undefined

/** A whole number from 0, as a number or in digits. */
export function wireIdOf(value: unknown): { readonly id: number; readonly as: WireId } | undefined {
  if (typeof value === 'string') return NUMERAL.test(value) ? integer(Number(value), value) : undefined
  return typeof value === 'number' ? integer(value, value) : undefined
}

const integer = (id: number, as: WireId) => (Number.isSafeInteger(id) && id >= 0 ? { id, as } : undefined)
