import { isUtf8 } from 'node:buffer'

/** A JSON object as somebody sent it. Read it with `own`: its keys may be anything. */
export type JsonObject = Readonly<Record<string, unknown>>

const BYTE_ORDER_MARK = 0xfeff

/** Undefined when the bytes are not UTF-8. Keeps a byte order mark, which JSON does not allow: see `withoutByteOrderMark`. */
export const parseUtf8 = (bytes: Buffer): string | undefined => (isUtf8(bytes) ? bytes.toString() : undefined)

/** Some programs begin a text with it. */
export const withoutByteOrderMark = (text: string): string =>
  text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text

/** Undefined when it is not JSON, which has no value of that kind. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The property that the object itself has: names on its prototype, which anybody may send, are nothing special. */
export const own = (object: JsonObject, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined
