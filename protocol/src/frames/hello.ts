import type { Static } from 'typebox'
import { Position } from '../ids.ts'
import { closed } from '../shapes.ts'
import { Type } from '../type.ts'

/** Conversations whose changes a client may ask for when it comes back. */
export const MAX_RESUMED = 1_000

/** Where a client stands: what it has got of the account, and of each conversation that it keeps. */
export const Resume = closed({
  epoch: Type.String({ minLength: 1, maxLength: 100, title: "The server's, as `ready` told it" }),
  cursor: Position,
  conversations: Type.Record(Type.String({ pattern: '^c_[1-9][0-9]{0,14}$' }), Position, {
    maxProperties: MAX_RESUMED,
    additionalProperties: false,
    title: 'The last change that you have of each conversation',
  }),
})

export const Hello = closed({
  op: Type.Literal('hello'),
  token: Type.Optional(
    Type.String({ minLength: 1, maxLength: 500, title: "The session's; a browser's cookie needs none" }),
  ),
  resume: Type.Optional(Resume),
})

export type Hello = Static<typeof Hello>
export type Resume = Static<typeof Resume>
