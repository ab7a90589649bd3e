import { type Operation, Problem, type ProblemCode, problemKind } from '@parlance/protocol'
import type { TSchema } from 'typebox'
import { requestHeadersOf, responseHeadersOf } from './headers.ts'
import type { Components } from './json-schema.ts'
import type { ApiOperation, ApiResponse, Parameter } from './openapi-types.ts'
import { refusalsOf } from './problem-codes.ts'
import { isTransfer, type Transfer } from './transfers.ts'

const JSON_TYPE = 'application/json'
const LINES_TYPE = 'application/x-ndjson'
const PROBLEM_TYPE = 'application/problem+json'

const MEANINGS: Readonly<Record<string, string>> = {
  200: 'Done, or found as it is now',
  201: 'Made',
  202: 'Accepted; it goes on in the background',
  204: 'Done; there is nothing to tell',
  206: 'The part of it that was asked for',
  304: 'The copy that the client has is the same',
}

/** Bytes as they are, which have no schema. */
const BYTES = { schema: {} }

/** Writes operations as OpenAPI has them. Refusals that several have in common are gathered beside them, and referred to. */
export class OperationDocuments {
  readonly #components: Components
  readonly #refusals = new Map<string, ApiResponse>()

  constructor(components: Components) {
    this.#components = components
  }

  /** Answers of all operations so far that are refusals, by the codes that they may have. */
  get responses(): Record<string, ApiResponse> {
    return Object.fromEntries([...this.#refusals].toSorted(([one], [other]) => (one < other ? -1 : 1)))
  }

  of(operationId: string, operation: Operation | Transfer): ApiOperation {
    const { summary, description, tag, since, isOpen, body } = operation
    return {
      operationId,
      summary,
      ...(description !== undefined && { description }),
      tags: [tag],
      'x-feature-level': since,
      ...(isOpen && { security: [] }),
      parameters: this.#parametersOf(operation),
      ...(body && {
        requestBody: {
          required: needsBody(body),
          content: { [JSON_TYPE]: { schema: this.#components.of(body, since) } },
        },
      }),
      ...(isTransfer(operation) &&
        operation.takes && {
          requestBody: { required: operation.method === 'PATCH', content: { [operation.takes]: BYTES } },
        }),
      responses: { ...this.#answersOf(operation), ...this.#refusalsOf(operation) },
    }
  }

  #parametersOf(operation: Operation | Transfer): Parameter[] {
    const { params = {}, query, since } = operation
    const required = new Set<string>(query && 'required' in query ? query.required : [])
    return [
      ...Object.entries(params).map(([name, schema]) => ({
        name,
        in: 'path' as const,
        required: true,
        schema: this.#components.of(schema, since),
      })),
      ...Object.entries(query?.properties ?? {}).map(([name, schema]) => ({
        name,
        in: 'query' as const,
        required: required.has(name),
        schema: this.#components.of(schema, since),
      })),
      ...requestHeadersOf(operation).map(({ required: isRequired = false, ...header }) => ({
        ...header,
        in: 'header' as const,
        required: isRequired,
      })),
    ]
  }

  #answersOf(operation: Operation | Transfer): Record<string, ApiResponse> {
    const { answers, since, isStream } = operation
    return Object.fromEntries(
      Object.entries(answers).map(([status, schema]) => [
        status,
        {
          description: MEANINGS[status] ?? 'Done',
          headers: responseHeadersOf(operation, Number(status)),
          ...(isTransfer(operation) &&
            operation.givesBytes &&
            status !== '304' && { content: { '*/*': BYTES } }),
          ...(schema && {
            content: { [isStream ? LINES_TYPE : JSON_TYPE]: { schema: this.#components.of(schema, since) } },
          }),
        },
      ]),
    )
  }

  #refusalsOf(operation: Operation | Transfer): Record<string, { $ref: string }> {
    return Object.fromEntries(
      Array.from(refusalsOf(operation), ([status, codes]) => {
        // Their refusals have headers of their own.
        const kind = isTransfer(operation) ? `${operation.givesBytes ? 'file' : 'tus'}.` : ''
        const name = `${kind}${status}.${codes.toSorted().join('.')}`
        this.#refusals.set(name, this.#refusalOf(operation, status, codes))
        return [status, { $ref: `#/components/responses/${name}` }]
      }),
    )
  }

  #refusalOf(operation: Operation | Transfer, status: number, codes: readonly ProblemCode[]): ApiResponse {
    return {
      description: codes.map((code) => `\`${code}\`: ${problemKind(code).title}`).join('\n\n'),
      headers: responseHeadersOf(operation, status),
      content: { [PROBLEM_TYPE]: { schema: this.#components.of(Problem, 1) } },
      'x-problem-codes': codes.toSorted(),
    }
  }
}

/** Whether there is a field that each request has: an object of nothing but optional fields may be left out. */
const needsBody = (body: TSchema): boolean =>
  !('properties' in body) || ('required' in body && Array.isArray(body.required) && body.required.length > 0)
