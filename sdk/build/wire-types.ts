import * as protocol from '@parlance/protocol'

/** A JSON schema, as far as the protocol's are used. */
interface Schema {
  readonly type?: string | undefined
  readonly const?: unknown
  readonly enum?: readonly unknown[] | undefined
  readonly anyOf?: readonly Schema[] | undefined
  readonly items?: Schema | readonly Schema[] | undefined
  readonly properties?: Readonly<Record<string, Schema>> | undefined
  readonly required?: readonly string[] | undefined
  readonly patternProperties?: Readonly<Record<string, Schema>> | undefined
}

/** Types that have a name of their own, in the order in which `src/protocol.ts` has them. */
const NAMED = {
  ...{ Account: protocol.Account, OwnAccount: protocol.OwnAccount, Person: protocol.Person },
  ...{ SignedIn: protocol.SignedIn, Conversation: protocol.Conversation, Listing: protocol.Listing },
  ...{ Member: protocol.Member, ReadState: protocol.ReadState, NewConversation: protocol.NewConversation },
  ...{ Message: protocol.Message, Reaction: protocol.Reaction, MessagePage: protocol.MessagePage },
  ...{ OwnReactions: protocol.OwnReactions, Problem: protocol.Problem, Fault: protocol.Fault },
  ...{ ServerInfo: protocol.ServerInfo, Resume: protocol.Resume },
}

const named: readonly (readonly [name: string, schema: Schema])[] = Object.entries<object>(NAMED)
const names = new Map<unknown, string>(named.map(([name, schema]) => [schema, name]))

/** The declarations that take the place of `src/protocol.ts` in the package: the same types, without the protocol. */
export function wireTypes(): string {
  return [
    '// Written from the schemas of the protocol.',
    ...named.map(([name, schema]) => `export type ${name} = ${written(schema)}`),
    `export type Operations = ${operations()}`,
    `export type Requests = ${requests()}`,
    `export type Events = ${record(fieldsOf(protocol.EVENTS))}`,
    `export type AccountNews = ${record(fieldsOf(protocol.ACCOUNT_NEWS))}`,
    '',
  ].join('\n')
}

type Field = readonly [name: string, type: string]

const fieldsOf = (schemas: Readonly<Record<string, object>>): readonly Field[] =>
  Object.entries(schemas).map(([name, schema]) => [name, text(schema)])
const record = (fields: readonly Field[]): string =>
  `{ ${fields.map(([name, type]) => `${JSON.stringify(name)}: ${type}`).join('; ')} }`

function operations(): string {
  const all: readonly (readonly [string, protocol.Operation])[] = Object.entries(protocol.OPERATIONS)
  return record(
    all.map(([id, { params, query, body, answers }]) => {
      const bodies = new Set(Object.values(answers).flatMap((answer) => (answer ? [text(answer)] : [])))
      const parts: readonly Field[] = [
        ['params', params ? record(fieldsOf(params)) : 'Record<never, never>'],
        ['query', query ? text(query) : 'Record<never, never>'],
        ['body', body ? text(body) : 'undefined'],
        ['answer', bodies.size > 0 ? [...bodies].join(' | ') : 'undefined'],
      ]
      return [id, record(parts)]
    }),
  )
}

const requests = (): string =>
  record(
    Object.entries(protocol.REQUESTS).map(([op, { schema, ok }]) => [
      op,
      record(fieldsOf({ frame: schema, ok })),
    ]),
  )

/** The type of a schema: its name, if it has one. */
const text = (schema: Schema): string => names.get(schema) ?? written(schema)

function written(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map((one) => text(one)).join(' | ')
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ')
  if (schema.type === 'array') return arrayText(schema.items ?? {})
  if (schema.type === 'object') return objectText(schema)
  if (schema.type === 'integer') return 'number'
  return schema.type ?? 'unknown'
}

const isTuple = (items: Schema | readonly Schema[]): items is readonly Schema[] => Array.isArray(items)

const arrayText = (items: Schema | readonly Schema[]): string =>
  isTuple(items) ? `[${items.map(text).join(', ')}]` : `Array<${text(items)}>`

function objectText({ properties = {}, required = [], patternProperties }: Schema): string {
  const [values] = Object.values(patternProperties ?? {})
  if (values) return `Record<string, ${text(values)}>`
  const fields = Object.entries(properties).map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?'
    return `${JSON.stringify(name)}${mark}: ${text(schema)}`
  })
  return fields.length > 0 ? `{ ${fields.join('; ')} }` : 'Record<never, never>'
}
