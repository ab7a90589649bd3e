import { type Fault, MAX_FAULTS, PATTERN_WORDS } from '@parlance/protocol'

/** An error of the validator, as far as sentences need it. */
interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly params: object
}

/** Faults of a value that has errors, in sentences about its fields: one at least. */
export function faultsOf(errors: readonly SchemaError[]): readonly Fault[] {
  const faults = distinct(errors.flatMap(sentences))
  return faults.length > 0 ? faults : distinct(errors.map(lastWord))
}

function distinct(all: readonly Fault[]): readonly Fault[] {
  const seen = new Set<string>()
  const faults: Fault[] = []
  for (const fault of all) {
    const key = `${fault.pointer} ${fault.detail}`
    if (seen.has(key)) continue
    seen.add(key)
    faults.push(fault)
    if (faults.length === MAX_FAULTS) break
  }
  return faults
}

/**
 * The sentence for an error that another one says better, where that one was not gathered: the names of fields that do
 * not belong there come after an error for each of them, and errors are gathered up to a bound.
 */
const lastWord = ({ keyword, instancePath }: SchemaError): Fault => ({
  pointer: `#${encodeURI(instancePath.toWellFormed())}`,
  detail: keyword === 'boolean' ? 'is no field here' : 'cannot be used',
})

function sentences({ keyword, instancePath, params }: SchemaError): readonly Fault[] {
  const at = (name: string, detail: string): Fault => ({
    pointer: `#${instancePath}/${escaped(name)}`,
    detail,
  })
  if (keyword === 'required')
    return textsIn(params, 'requiredProperties').map((name) => at(name, 'is missing'))
  if (keyword === 'additionalProperties')
    return textsIn(params, 'additionalProperties').map((name) => at(name, 'is no field here'))
  const detail = detailOf(keyword, params)
  return detail === undefined ? [] : [{ pointer: `#${instancePath}`, detail }]
}

const valueIn = (params: object, name: string): unknown => Reflect.get(params, name)

function textsIn(params: object, name: string): readonly string[] {
  const value = valueIn(params, name)
  return Array.isArray(value) ? value.map(String) : []
}

/** As RFC 6901 writes a name in a pointer, and RFC 3986 in a fragment; lone surrogates, which cannot be, as U+FFFD. */
export const escaped = (name: string): string =>
  encodeURIComponent(name.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'))

/** Undefined for a keyword that another error says better. */
function detailOf(keyword: string, params: object): string | undefined {
  const limit = String(valueIn(params, 'limit'))
  switch (keyword) {
    case 'type':
      return `must be ${kindName(String(valueIn(params, 'type')))}`
    case 'minLength':
      return `must have at least ${limit} characters`
    case 'maxLength':
      return `must have at most ${limit} characters`
    case 'minimum':
      return `must be at least ${limit}`
    case 'maximum':
      return `must be at most ${limit}`
    case 'minItems':
      return `must have at least ${limit} entries`
    case 'maxItems':
    case 'maxProperties':
      return `must have at most ${limit} entries`
    case 'enum':
      return `must be one of ${textsIn(params, 'allowedValues').join(', ')}`
    case 'const':
      return `must be ${JSON.stringify(valueIn(params, 'allowedValue'))}`
    case 'pattern':
      return patternDetail(String(valueIn(params, 'pattern')))
    case 'boolean':
    case 'anyOf':
      return undefined
    default:
      return 'cannot be used'
  }
}

function patternDetail(pattern: string): string {
  const words = PATTERN_WORDS.get(pattern)
  return words === undefined ? `must match ${pattern}` : `must be ${words}`
}

const kindName = (type: string): string =>
  ({
    object: 'an object',
    array: 'a list',
    integer: 'a whole number',
    string: 'a text',
    boolean: 'true or false',
  })[type] ?? type
