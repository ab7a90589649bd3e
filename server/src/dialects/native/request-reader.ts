import type { Fault, Operation } from '@parlance/protocol'
import type { FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { isJsonObject, type JsonObject, own, parseJson, parseUtf8 } from '../../lib/json.ts'
import { bodyBytes } from '../../transport/index.ts'
import { invalid, Refusal } from './refusal.ts'
import { Validator } from './validator.ts'

/** The parts of a request, as the operation's schemas have them. */
interface Parts {
  readonly params: JsonObject
  readonly query: JsonObject
  readonly body: unknown
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

/** Reads one operation's requests. Its refusals name every field that cannot be used. */
export class RequestReader {
  readonly #query: QueryReader
  readonly #params: ReadonlyMap<string, ParameterReader>
  readonly #body: Validator | undefined

  constructor({ params, query, body }: Operation) {
    this.#params = new Map(
      Object.entries(params ?? {}).map(([name, schema]) => [name, new ParameterReader(schema)]),
    )
    this.#query = new QueryReader(query)
    this.#body = body && new Validator(body)
  }

  /** Refuses `invalid_request`, `unsupported_media_type`. */
  read(request: FastifyRequest): Parts {
    const faults: Fault[] = []
    const params = this.#readParams(request.params, faults)
    const query = this.#query.read(request.query, faults)
    const body = this.#readBody(request, faults)
    if (faults.length > 0) throw invalid(...faults)
    return { params, query, body }
  }

  #readParams(given: unknown, faults: Fault[]): JsonObject {
    const values = isJsonObject(given) ? given : {}
    const entries = Array.from(this.#params, ([name, reader]) => {
      const { value, detail } = reader.read(own(values, name))
      if (detail !== undefined) faults.push({ pointer: `{${name}}`, detail })
      return [name, value] as const
    })
    return Object.fromEntries(entries)
  }

  #readBody(request: FastifyRequest, faults: Fault[]): unknown {
    const bytes = bodyBytes(request)
    if (!this.#body) {
      if (bytes && bytes.length > 0 && !isEmptyObject(bytes))
        faults.push({ pointer: '#', detail: 'has no place here: this request takes no body' })
      return undefined
    }
    if (!bytes || bytes.length === 0) {
      if (this.#body.faultsIn({}).length === 0) return {}
      faults.push({ pointer: '#', detail: 'is missing: this request takes a JSON object' })
      return undefined
    }
    if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) throw new Refusal('unsupported_media_type')
    const text = parseUtf8(bytes)
    const value = text === undefined ? undefined : parseJson(text)
    if (value === undefined)
      faults.push({ pointer: '#', detail: text === undefined ? 'is not UTF-8' : 'is not JSON' })
    else faults.push(...this.#body.faultsIn(value))
    return value
  }
}

const isEmptyObject = (bytes: Buffer): boolean =>
  bytes.length <= 16 && /^\s*\{\s*\}\s*$/.test(bytes.toString())

/** The query's parameters, each of which is given once. */
class QueryReader {
  readonly #readers: ReadonlyMap<string, ParameterReader>
  readonly #required: readonly string[]

  constructor(schema: Operation['query']) {
    this.#required = schema?.required ?? []
    const properties: Readonly<Record<string, TSchema>> = schema?.properties ?? {}
    this.#readers = new Map(Object.entries(properties).map(([name, one]) => [name, new ParameterReader(one)]))
  }

  read(given: unknown, faults: Fault[]): JsonObject {
    const entries = Object.entries(isJsonObject(given) ? given : {}).flatMap(([name, text]) => {
      const reader = this.#readers.get(name)
      const { value, detail } = reader?.read(text) ?? { detail: 'is no parameter here' }
      if (detail !== undefined) faults.push({ pointer: `?${name}`, detail })
      return value === undefined ? [] : [[name, value] as const]
    })
    for (const name of this.#required)
      if (!isJsonObject(given) || own(given, name) === undefined)
        faults.push({ pointer: `?${name}`, detail: 'is missing' })
    return Object.fromEntries(entries)
  }
}

/** One parameter: a text, which its schema may take for a number or for true and false. */
class ParameterReader {
  readonly #type: unknown
  readonly #validator: Validator

  constructor(schema: TSchema) {
    this.#type = 'type' in schema ? schema.type : undefined
    this.#validator = new Validator(schema)
  }

  read(text: unknown): { readonly value?: unknown; readonly detail?: string } {
    if (typeof text !== 'string')
      return { detail: text === undefined ? 'is missing' : 'is given more than once' }
    const value = this.#valueOf(text)
    const [fault] = this.#validator.faultsIn(value)
    return fault ? { detail: fault.detail } : { value }
  }

  #valueOf(text: string): unknown {
    if (this.#type === 'integer' && /^-?\d{1,16}$/.test(text)) return Number(text)
    if (this.#type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
    return text
  }
}
