import { type JsonObject, own } from '../../lib/json.ts'
import { composedLength, isCleanText } from '../../lib/text.ts'
import { type Loc, MAX_PROBLEMS, type Problem } from './errors.ts'
import { parseIsoTime } from './iso-time.ts'

// Pydantic 1's fields, as far as this dialect has them: the same rules, the same words.

interface FieldRule<T> {
  /** The value, or what is wrong with it in one or more problems. Never asked of null. */
  readonly parse: (value: unknown, loc: Loc) => T | Wrong
  /** The value when the field is absent; without this it is required. */
  readonly absent?: { readonly value: T }
}

export type FieldRules = Readonly<Record<string, FieldRule<unknown>>>

export type Values<F extends FieldRules> = {
  readonly [K in keyof F]: F[K] extends FieldRule<infer T> ? T : never
}

/** The problems of a value that is refused. */
class Wrong {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    this.problems = problems
  }
}

/** The fields that one place of a request must have: its path, its query or its body. */
export class Form<F extends FieldRules> {
  readonly #place: string
  readonly #fields: readonly (readonly [string, FieldRule<unknown>, Loc])[]

  constructor(place: 'path' | 'query' | 'body', fields: F) {
    this.#place = place
    this.#fields = Object.entries(fields).map(([name, field]) => [name, field, [place, name]])
  }

  /** Every field in its order; of no body at all, only that it is missing. Trust the values if no problem was added. */
  parse(values: JsonObject | undefined, problems: Problem[]): Values<F> {
    const parsed: Record<string, unknown> = {}
    if (values) {
      for (const [name, field, loc] of this.#fields) {
        const value = parseField(field, own(values, name), loc)
        if (value instanceof Wrong) problems.push(...value.problems)
        else parsed[name] = value
      }
    } else if (this.#fields.length > 0) problems.push(missing([this.#place]))
    return parsed as Values<F>
  }
}

function parseField<T>(field: FieldRule<T>, value: unknown, loc: Loc): T | Wrong {
  if (value !== undefined) return value === null ? new Wrong([none(loc)]) : field.parse(value, loc)
  return field.absent ? field.absent.value : new Wrong([missing(loc)])
}

const missing = (loc: Loc): Problem => ({ loc, msg: 'field required', type: 'value_error.missing' })
const none = (loc: Loc): Problem => ({
  loc,
  msg: 'none is not an allowed value',
  type: 'type_error.none.not_allowed',
})

export const optional = <T>(field: FieldRule<T>, value: T): FieldRule<T> => ({ ...field, absent: { value } })

interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** Text without NUL and lone surrogates; bounds in code points. Pydantic makes text of numbers: refused here. */
export const text = (bounds: Bounds): FieldRule<string> => ({
  parse: (value, loc) => {
    if (typeof value !== 'string') return wrong(loc, 'str type expected', 'type_error.str')
    const length = composedLength(value)
    return (
      lengthProblem(length, bounds, { loc, unit: 'characters', type: 'any_str', suffix: 'length' }) ??
      (isCleanText(value) ? value : wrong(loc, 'text has a NUL or a lone surrogate', 'value_error'))
    )
  },
})

/** An address as people have it: dot-separated words, an at sign, a domain with a dot. */
export const email = (bounds: Bounds): FieldRule<string> => ({
  parse: (value, loc) => {
    const address = text(bounds).parse(value, loc)
    if (address instanceof Wrong || (EMAIL.test(address) && !UNSEEN.test(address))) return address
    return wrong(loc, 'value is not a valid email address', 'value_error.email')
  },
})

// Each character has one place where it can match, so that no input makes this slow.
const WORD = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+"
const LABEL = '[\\p{L}\\p{M}\\p{N}]+(?:-+[\\p{L}\\p{M}\\p{N}]+)*'
/** Invisible characters among the marks and letters. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/u
const EMAIL = new RegExp(`^${WORD}(?:\\.${WORD})*@${LABEL}(?:\\.${LABEL})+$`, 'u')

/** A whole number, or its digits in a string. One past 2^53 becomes the last safe integer, which is no one's id. */
export const integer = ({ min, max }: Bounds = {}): FieldRule<number> => ({
  parse: (value, loc) => {
    const number = toInteger(value)
    if (number === undefined) return wrong(loc, 'value is not a valid integer', 'type_error.integer')
    if (min !== undefined && number < min)
      return wrong(
        loc,
        `ensure this value is greater than or equal to ${min}`,
        'value_error.number.not_ge',
        min,
      )
    if (max !== undefined && number > max)
      return wrong(loc, `ensure this value is less than or equal to ${max}`, 'value_error.number.not_le', max)
    return number
  },
})

const DIGITS = /^[+-]?\d+$/

function toInteger(value: unknown): number | undefined {
  if (typeof value === 'string' ? !DIGITS.test(value) : !Number.isInteger(value)) return undefined
  return Math.min(Math.max(Number(value), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
}

/** In microseconds. */
export const time: FieldRule<number> = {
  parse: (value, loc) =>
    (typeof value === 'string' ? parseIsoTime(value) : undefined) ??
    wrong(loc, 'invalid datetime format', 'value_error.datetime'),
}

export const list = <T>(item: FieldRule<T>, bounds: Bounds): FieldRule<readonly T[]> => ({
  parse: (value, loc) => {
    if (!Array.isArray(value)) return wrong(loc, 'value is not a valid list', 'type_error.list')
    return (
      lengthProblem(value.length, bounds, { loc, unit: 'items', type: 'list', suffix: 'items' }) ??
      parseItems(item, value, loc)
    )
  },
})

function parseItems<T>(item: FieldRule<T>, values: readonly unknown[], loc: Loc): readonly T[] | Wrong {
  const items: T[] = []
  const problems: Problem[] = []
  for (const [index, value] of values.entries()) {
    if (problems.length >= MAX_PROBLEMS) break
    const parsed = parseField(item, value, [...loc, index])
    if (parsed instanceof Wrong) problems.push(...parsed.problems)
    else items.push(parsed)
  }
  return problems.length > 0 ? new Wrong(problems) : items
}

function lengthProblem(
  length: number,
  { min, max }: Bounds,
  { loc, unit, type, suffix }: { loc: Loc; unit: string; type: string; suffix: string },
): Wrong | undefined {
  if (min !== undefined && length < min)
    return wrong(
      loc,
      `ensure this value has at least ${min} ${unit}`,
      `value_error.${type}.min_${suffix}`,
      min,
    )
  if (max !== undefined && length > max)
    return wrong(
      loc,
      `ensure this value has at most ${max} ${unit}`,
      `value_error.${type}.max_${suffix}`,
      max,
    )
  return undefined
}

const wrong = (loc: Loc, msg: string, type: string, limit?: number): Wrong =>
  new Wrong([{ loc, msg, type, ...(limit === undefined ? {} : { ctx: { limit_value: limit } }) }])
