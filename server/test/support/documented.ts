import assert from 'node:assert/strict'
import { Compile, type Validator } from 'typebox/compile'
import type { JsonSchema } from '../../src/dialects/native/documents/json-schema.ts'
import { openApi } from '../../src/dialects/native/documents/openapi.ts'
import type { ApiOperation, ApiResponse } from '../../src/dialects/native/documents/openapi-types.ts'

const DOCUMENT = openApi()
const LINES_TYPE = 'application/x-ndjson'

/** An answer of the native dialect, to be held against its document. */
export interface Told {
  readonly method: string
  /** With the query, if it has one. */
  readonly path: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/**
 * Fails where the document does not say this of the operation: its status, its media type, its problem's code, each
 * header of ours, and its body down to the last field. A path or a method that is nobody's operation may be refused.
 */
export function assertDocumented(told: Told): void {
  const { method, path, status } = told
  const name = `${method} ${path}: ${status} ${told.text.slice(0, 1_000)}`
  const isHead = method === 'HEAD'
  const place = path.split('?', 1)[0] ?? ''
  const operation = operationOf(method, place) ?? (isHead ? operationOf('GET', place) : undefined)
  if (!operation) {
    assert.ok(status >= 400, `no operation of the document: ${name}`)
    return
  }
  const response = resolved(operation.responses[status])
  assert.ok(response, `no such status in the document: ${name}`)
  assertHeaders(told, response, name)
  if (isHead) assert.equal(told.text, '', name)
  else assertContent(told, response, name)
}

function assertContent({ headers, text }: Told, response: ApiResponse, name: string): void {
  const [media] = Object.entries(response.content ?? {})
  if (!media) {
    assert.equal(text, '', name)
    return
  }
  const [type, { schema }] = media
  if (type === '*/*') return
  assert.equal(headers.get('content-type')?.split(';', 1)[0], type, name)
  if (type === LINES_TYPE) {
    for (const line of text.trimEnd().split('\n'))
      assert.deepEqual([...validatorOf(schema).Errors(JSON.parse(line))], [], name)
    return
  }
  const texts = type === 'application/x-ndjson' ? text.trimEnd().split('\n') : [text]
  const bodies: readonly unknown[] = texts.map((one) => JSON.parse(one))
  for (const one of bodies) assert.deepEqual([...validatorOf(schema).Errors(one)], [], name)
  const [body] = bodies
  const codes = response['x-problem-codes']
  if (codes)
    assert.ok(codes.includes(String(Reflect.get(Object(body), 'code'))), `no such code there: ${name}`)
}

/** fetch, with each answer of the native dialect held against its document. */
export async function documentedFetch(input: string | URL, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(input, init)
  const { pathname, search } = new URL(input)
  const { status, headers } = response
  const text = await response.clone().text()
  if (pathname.startsWith('/v1/'))
    assertDocumented({ method: init.method ?? 'GET', path: pathname + search, status, headers, text })
  return response
}

/** Those with fewer parameters first: `/v1/me` before what `/v1/{c}` would be. */
const PATHS = Object.entries(DOCUMENT.paths).map(([path, methods]) => ({
  parameters: path.split('{').length,
  pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  methods,
}))
PATHS.sort((one, other) => one.parameters - other.parameters)

const operationOf = (method: string, path: string): ApiOperation | undefined =>
  PATHS.find(({ pattern, methods }) => pattern.test(path) && methods[method.toLowerCase()])?.methods[
    method.toLowerCase()
  ]

function resolved(response: ApiOperation['responses'][string] | undefined): ApiResponse | undefined {
  if (!response || !('$ref' in response)) return response
  return DOCUMENT.components.responses[response.$ref.split('/').at(-1) ?? '']
}

/** Headers that HTTP itself and proxies bring, and those of CORS, which depend on the page that asks. */
const ORDINARY =
  /^(content-(type|length)|date|connection|keep-alive|transfer-encoding|vary|server|access-control-.*)$/

function assertHeaders({ headers }: Told, response: ApiResponse, name: string): void {
  const documented = new Set(Object.keys(response.headers).map((header) => header.toLowerCase()))
  const unknown = [...headers.keys()].filter((header) => !ORDINARY.test(header) && !documented.has(header))
  assert.deepEqual(unknown, [], `headers that the document does not have: ${name}`)
  assert.ok(headers.has('x-request-id'), name)
}

const validators = new WeakMap<JsonSchema, Validator>()

function validatorOf(schema: JsonSchema): Validator {
  const validator = validators.get(schema) ?? Compile(strict(schema))
  validators.set(schema, validator)
  return validator
}

/** The same with every reference in its place, and with no object open to fields that the document does not name. */
function strict({ $ref, items, prefixItems, anyOf, properties, ...schema }: JsonSchema): JsonSchema {
  const named = $ref && DOCUMENT.components.schemas[$ref.split('/').at(-1) ?? '']
  if (named) return strict(named)
  const { patternProperties, additionalProperties } = schema
  const all = (schemas: Readonly<Record<string, JsonSchema>>) =>
    Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, strict(one)]))
  return {
    ...schema,
    ...(items !== undefined && { items: items && strict(items) }),
    ...(prefixItems && { prefixItems: prefixItems.map(strict) }),
    ...(anyOf && { anyOf: anyOf.map(strict) }),
    ...(properties && { properties: all(properties), additionalProperties: false }),
    ...(patternProperties && { patternProperties: all(patternProperties), additionalProperties: false }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: strict(additionalProperties) }),
  }
}
