import type { JsonSchema } from './json-schema.ts'
import { nameIn } from './json-schema.ts'

/** Values of fields whose schemas say too little for an example, by the field's name. */
const BY_FIELD: Readonly<Record<string, unknown>> = {
  username: 'ann',
  login: 'ann',
  displayName: 'Ann',
  email: 'ann@example.org',
  password: 'correct horse battery staple',
  current: 'correct horse battery staple',
  next: 'staple battery horse correct',
  device: 'Firefox on Linux',
  bio: 'I like tea.',
  name: 'Tea room',
  topic: 'Everything about tea',
  body: 'Hello, **Ben**!',
  clientId: '8f14e45f-ceea-4d67',
  search: 'te',
  code: 'Zk1fM0pWc2lYbTd4',
  key: '👍',
  expiresIn: 86_400,
  maxUses: 10,
}

/** Makes values that fit schemas, as a reader would write them: with the fields that are required, and little else. */
export class Examples {
  readonly #schemas: Readonly<Record<string, JsonSchema>>

  constructor(schemas: Readonly<Record<string, JsonSchema>>) {
    this.#schemas = schemas
  }

  /** `field` is the name of the field or the parameter that the schema is of. */
  of(schema: JsonSchema, field = ''): unknown {
    const name = nameIn(schema)
    if (name !== undefined) return this.of(this.#schemas[name] ?? {}, field)
    if (schema.const !== undefined) return schema.const
    if (schema.properties) return this.#objectOf(schema)
    const fitting = schema.type === 'array' ? undefined : BY_FIELD[field]
    if (fitting !== undefined) return fitting
    const [example] = schema.examples ?? []
    if (example !== undefined) return example
    return schema.enum?.at(-1) ?? schema.default ?? this.#byType(schema, field)
  }

  #objectOf({ properties = {}, required = [] }: JsonSchema): object {
    const names = required.length > 0 ? required : Object.keys(properties).slice(0, 2)
    return Object.fromEntries(names.map((name) => [name, this.of(properties[name] ?? {}, name)]))
  }

  #byType({ type, anyOf: [first] = [], items, minimum = 0, pattern }: JsonSchema, field: string): unknown {
    if (first) return this.of(first, field)
    switch (type) {
      case 'array':
        return items ? [this.of(items, field)] : []
      case 'integer':
        return Math.max(minimum, 17)
      case 'boolean':
        return true
      case 'object':
        return {}
      default:
        return pattern === undefined ? 'text' : ''
    }
  }
}
