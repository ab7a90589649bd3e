import type { Type as TypeBox } from 'typebox'

// The few builders of TypeBox that the schemas here need, with its own types. Its package has 683 modules, which every
// start of a server would load: 0.3 s of processor time. A test holds each of these against the original.

type Built =
  | ('Array' | 'Boolean' | 'Enum' | 'Integer' | 'Literal' | 'Null' | 'Object' | 'Optional')
  | ('Record' | 'String' | 'Tuple' | 'Union' | 'Unknown' | 'Unsafe')

interface Schema {
  readonly [keyword: string]: unknown
}

const KIND = '~kind'
const OPTIONAL = '~optional'

/** A schema, whose marks are not enumerable: they are for programs, and in no JSON. */
function built(kind: string, keywords: Schema, options: Schema = {}): Schema {
  return Object.defineProperty({ ...keywords, ...options }, KIND, { value: kind })
}

const isOptional = (schema: Schema): boolean => OPTIONAL in schema

function optional(schema: Schema): Schema {
  const kind = String(schema[KIND])
  return Object.defineProperty(built(kind, schema), OPTIONAL, { value: true })
}

function object(properties: Readonly<Record<string, Schema>>, options?: Schema): Schema {
  const required = Object.keys(properties).filter((name) => !isOptional(properties[name] ?? {}))
  const named = required.length > 0 ? { required } : {}
  return built('Object', { type: 'object', ...named, properties }, options)
}

/** Keys of any form, where they have no pattern. */
const ANY_KEY = '^.*$'

const record = ({ pattern = ANY_KEY }: { readonly pattern?: string }, value: Schema, options?: Schema) =>
  built('Record', { type: 'object', patternProperties: { [pattern]: value } }, options)

const builders = {
  Array: (items: Schema, options?: Schema) => built('Array', { type: 'array', items }, options),
  Boolean: (options?: Schema) => built('Boolean', { type: 'boolean' }, options),
  Enum: (values: readonly unknown[], options?: Schema) => built('Enum', { enum: values }, options),
  Integer: (options?: Schema) => built('Integer', { type: 'integer' }, options),
  Literal: (value: unknown, options?: Schema) =>
    built('Literal', { type: typeof value, const: value }, options),
  Null: (options?: Schema) => built('Null', { type: 'null' }, options),
  Object: object,
  Optional: optional,
  Record: record,
  String: (options?: Schema) => built('String', { type: 'string' }, options),
  Tuple: (items: readonly Schema[], options?: Schema) =>
    built('Tuple', { type: 'array', additionalItems: false, items, minItems: items.length }, options),
  Union: (anyOf: readonly Schema[], options?: Schema) => built('Union', { anyOf }, options),
  Unknown: (options?: Schema) => built('Unknown', {}, options),
  Unsafe: (schema: Schema) => schema,
}

/** As TypeBox's own, which these stand for: their results are the same, so their types are too. */
export const Type = builders as unknown as Pick<typeof TypeBox, Built>
