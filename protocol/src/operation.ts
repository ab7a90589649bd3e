import type { Static, TObject, TSchema } from 'typebox'
import type { ProblemCode } from './problem.ts'

type Parameters = Readonly<Record<string, TSchema>>

/** One request of the REST API: a method and a path, what it takes, and every answer that it may have. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Parameters in braces, as OpenAPI writes them. */
  readonly path: string
  /** A sentence for the documentation's list. */
  readonly summary: string
  /** More for the documentation, where the schemas do not say it. */
  readonly description?: string
  readonly tag: string
  /** The `featureLevel` since which it exists. */
  readonly since: number
  /** Whether anybody may ask, without a session. */
  readonly isOpen?: true
  /** Whether its success is lines of JSON (`application/x-ndjson`), each of the answer's schema. */
  readonly isStream?: true
  /** Whether it heeds Idempotency-Key. */
  readonly isIdempotent?: true
  /** Whether it heeds If-Match. */
  readonly heedsIfMatch?: true
  /** Whether its answer is one message, whose version is the ETag. */
  readonly hasEtag?: true
  readonly params?: Parameters
  readonly query?: TObject
  readonly body?: TSchema
  /** By status; null where there is no body. */
  readonly answers: Readonly<Record<number, TSchema | null>>
  /** Codes beside those that any request may get. */
  readonly refuses?: readonly ProblemCode[]
}

/** The same operation, with its own types kept. */
export const operation = <const One extends Operation>(one: One): One => one

type Values<Of> = Of extends Parameters
  ? { readonly [Name in keyof Of]: Static<Of[Name]> }
  : Record<never, never>
type ValueOf<Of> = Of extends TSchema ? Static<Of> : undefined

export type ParamsOf<One extends Operation> = Values<One['params']>
export type QueryOf<One extends Operation> = One['query'] extends TObject
  ? Static<One['query']>
  : Record<never, never>
export type BodyOf<One extends Operation> = ValueOf<One['body']>

/** A status of the operation with the body that belongs to it. */
export type AnswerOf<One extends Operation> = {
  [Status in keyof One['answers']]: One['answers'][Status] extends TSchema
    ? { readonly status: Status; readonly body: Static<One['answers'][Status]> }
    : { readonly status: Status }
}[keyof One['answers']]
