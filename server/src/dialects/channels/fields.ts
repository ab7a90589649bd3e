import { type AccountId, toAccountId } from '../../core/chat.ts'
import { composedLength, isCleanText } from '../../lib/text.ts'
import { malformed } from './errors.ts'

/** Sixteen digits reach past 2^53; the rest is refused without being converted. */
const NUMERAL = /^\d{1,16}$/

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads a form that begins like an object as JSON: programs such as curl call a body a form unless told otherwise. */
export function parseBody(body: unknown, format: 'json' | 'form'): unknown {
  if (!Buffer.isBuffer(body)) throw malformed('A body is required')
  try {
    const text = utf8.decode(body)
    const isJson = format === 'json' || /^\s*\{/.test(text)
    return isJson ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text))
  } catch {
    throw malformed('The body cannot be read')
  }
}

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

export function field(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? Reflect.get(body, name)
    : undefined
}

/** A whole number from 0, as a number or in digits. */
export function wireIdOf(value: unknown): { readonly id: number; readonly as: WireId } | undefined {
  if (typeof value === 'string') return NUMERAL.test(value) ? integer(Number(value), value) : undefined
  return typeof value === 'number' ? integer(value, value) : undefined
}

const integer = (id: number, as: WireId) => (Number.isSafeInteger(id) && id >= 0 ? { id, as } : undefined)
