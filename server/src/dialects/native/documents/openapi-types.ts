import type { JsonSchema } from './json-schema.ts'

/** OpenAPI 3.1, as far as this document uses it. */
export interface OpenApi {
  readonly openapi: string
  readonly info: object
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly security: readonly object[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly responses: Readonly<Record<string, ApiResponse>>
    readonly headers: object
    readonly securitySchemes: object
  }
}

export interface ApiOperation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly 'x-feature-level': number
  /** Empty where anybody may ask. */
  readonly security?: readonly object[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, ApiResponse | Reference>>
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: JsonSchema
  readonly example?: unknown
}

export interface ApiResponse {
  readonly description: string
  readonly headers: Readonly<Record<string, Reference>>
  readonly content?: Content
  /** The problems that it may be. */
  readonly 'x-problem-codes'?: readonly string[]
}

export type Content = Readonly<Record<string, MediaType>>

interface MediaType {
  readonly schema: JsonSchema
  readonly example?: unknown
}

interface Reference {
  readonly $ref: string
}
