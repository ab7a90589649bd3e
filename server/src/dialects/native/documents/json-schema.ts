import * as protocol from '@parlance/protocol'
import type { TSchema } from 'typebox'

/** JSON Schema 2020-12, as far as the protocol's schemas need it. */
export interface JsonSchema {
  $ref?: string
  type?: string
  title?: string
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  patternProperties?: Record<string, JsonSchema>
  items?: JsonSchema | false
  prefixItems?: JsonSchema[]
  anyOf?: JsonSchema[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  examples?: unknown[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  maxProperties?: number
  pattern?: string
  'x-feature-level'?: number
}

/** A schema as TypeBox writes it: tuples as drafts before 2020-12 have them. */
interface Written extends Omit<JsonSchema, 'items' | 'properties' | 'patternProperties' | 'anyOf'> {
  items?: Written | Written[]
  additionalItems?: boolean
  properties?: Record<string, Written>
  patternProperties?: Record<string, Written>
  anyOf?: Written[]
}

const PLACE = '#/components/schemas/'
const ANYTHING = '^.*$'
/** The mark of a schema. */
const KIND = '~kind'

/** The protocol's schemas under their names in its source, found again by their text. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries<unknown>({ ...protocol }).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && KIND in value
      ? [[JSON.stringify(value), name] as const]
      : [],
  ),
)

/** Schemas of one document: each that has a name stands there once, and is referred to. */
export class Components {
  readonly #draft: 'draft-07' | '2020-12'
  readonly #schemas = new Map<string, JsonSchema>()

  /** Tuples are written as that draft of JSON Schema has them. */
  constructor(draft: 'draft-07' | '2020-12') {
    this.#draft = draft
  }

  /** A reference where the schema has a name. `since` is the feature level of what uses it. */
  of(schema: TSchema, since: number): JsonSchema {
    return this.#converted(JSON.parse(JSON.stringify(schema)), since)
  }

  /** All that were referred to, by name and in its order. */
  get schemas(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#schemas].toSorted(([one], [other]) => (one < other ? -1 : 1)))
  }

  #converted(schema: Written, since: number): JsonSchema {
    const name = NAMES.get(JSON.stringify(schema))
    if (name === undefined) return this.#inline(schema, since)
    const known = this.#schemas.get(name)?.['x-feature-level'] ?? Number.POSITIVE_INFINITY
    if (since < known) {
      // Before its parts: a schema may hold itself.
      this.#schemas.set(name, { 'x-feature-level': since })
      this.#schemas.set(name, { ...this.#inline(schema, since), 'x-feature-level': since })
    }
    return { $ref: `${PLACE}${name}` }
  }

  #inline(schema: Written, since: number): JsonSchema {
    const { title, items, additionalItems: _, properties, patternProperties, anyOf, ...plain } = schema
    const all = (schemas: Readonly<Record<string, Written>>) =>
      Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, this.#converted(one, since)]))
    const list = (schemas: readonly Written[]) => schemas.map((one) => this.#converted(one, since))
    return {
      ...plain,
      ...(title !== undefined && { description: title }),
      ...(plain.enum && { type: 'string' }),
      ...(properties && { properties: all(properties) }),
      ...(patternProperties && patternsOf(all(patternProperties))),
      ...(anyOf && { anyOf: list(anyOf) }),
      ...(Array.isArray(items) && this.#tupleOf(list(items))),
      ...(items && !Array.isArray(items) && { items: this.#converted(items, since) }),
    }
  }

  #tupleOf(parts: JsonSchema[]): JsonSchema {
    const maxItems = parts.length
    if (this.#draft === '2020-12') return { prefixItems: parts, items: false, maxItems }
    // Their places are lost; so far all parts of a tuple are alike.
    const [first = {}] = parts
    return { items: first, maxItems }
  }
}

const patternsOf = ({ [ANYTHING]: every, ...others }: Record<string, JsonSchema>): JsonSchema =>
  every ? { additionalProperties: every } : { patternProperties: others }

/** The name that a reference has; undefined for a schema that is none. */
export const nameIn = ({ $ref }: JsonSchema): string | undefined => $ref?.slice(PLACE.length)
