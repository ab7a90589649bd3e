import type { TProperties, TSchema } from 'typebox'
import { Type } from './type.ts'

/** A request's object: a field that it does not name is refused, because a typo must not be silent. */
export const closed = <const Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

/** An answer's object, which may get more fields in later versions. */
export const growing = <const Properties extends TProperties>(properties: Properties, title?: string) =>
  Type.Object(properties, title === undefined ? {} : { title })

export const nullable = <const Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])

export const oneOf = <const Values extends readonly string[]>(values: readonly [...Values]) =>
  Type.Enum([...values])

/** Items per page of a list. */
export const PAGE = { default: 50, max: 200 } as const

export const Limit = Type.Integer({
  minimum: 1,
  maximum: PAGE.max,
  default: PAGE.default,
  title: 'Items per page',
})

export const Cursor = Type.String({ minLength: 1, maxLength: 500, title: 'The `next` of the page before' })

/** The query of a list. */
export const PageQuery = { limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) }

/** A page of a list; `next` is the cursor of the page after it, null at the end. */
export const pageOf = <const Item extends TSchema>(item: Item) =>
  growing({ items: Type.Array(item), next: nullable(Type.String()) })
