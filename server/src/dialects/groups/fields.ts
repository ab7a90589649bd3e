import { isJsonObject, type JsonObject, own, parseJson } from '../../lib/json.ts'
import { composedLength, isCleanText } from '../../lib/text.ts'
import { invalidRequest, Refusal } from './errors.ts'

/** Names longer than this, in code points, can be used but not made here. */
export const MAX_USERNAME_LENGTH = 64
export const MAX_GROUP_NAME_LENGTH = 128

/** The fields of a request, read by name: what an attacker puts on the prototype's names is nothing special. */
export class Fields {
  readonly #fields: JsonObject

  constructor(fields: JsonObject) {
    this.#fields = fields
  }

  text(name: string): string {
    const value = this.optionalText(name)
    if (value === undefined || value === '')
      throw new Refusal(invalidRequest(`${name} must be a non-empty string.`))
    return value
  }

  /** Undefined when absent or null. */
  optionalText(name: string): string | undefined {
    const value = own(this.#fields, name)
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'string') throw new Refusal(invalidRequest(`${name} must be a string.`))
    if (!isCleanText(value)) throw new Refusal(invalidRequest(`${name} has characters that are not text.`))
    return value
  }
}

/** A request's argument: a JSON string or an object. */
export function parseArgument(argument: unknown): Fields {
  const value = typeof argument === 'string' ? parseText(argument) : argument
  if (!isJsonObject(value)) throw new Refusal(invalidRequest('The request must be a JSON object.'))
  return new Fields(value)
}

function parseText(text: string): unknown {
  const value = parseJson(text)
  if (value === undefined) throw new Refusal(invalidRequest('The request is not valid JSON.'))
  return value
}

export function requireNewName(field: string, name: string, maxLength: number): void {
  if (name.trim() === '') throw new Refusal(invalidRequest(`${field} must not be blank.`))
  if (composedLength(name) > maxLength)
    throw new Refusal(invalidRequest(`${field} must have at most ${maxLength} characters.`))
}

const MAX_ECHO_DEPTH = 64

/** Refuses a value of `pingg` that cannot be sent back. */
export function requireEchoable(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return
  if (ArrayBuffer.isView(value)) throw new Refusal(invalidRequest('Binary data is not supported.'))
  if (depth === MAX_ECHO_DEPTH) throw new Refusal(invalidRequest('The request is nested too deeply.'))
  for (const inner of Object.values(value)) requireEchoable(inner, depth + 1)
}
