import type { TSchema } from 'typebox'
import type { ProblemCode } from '../problem.ts'

/** One kind of frame of the socket, as the documentation lists it. */
export interface FrameKind {
  readonly direction: 'client' | 'server'
  /** The value of its `op`; an answer has `re` in its place. */
  readonly op: string
  readonly schema: TSchema
  /** A sentence for the documentation's list. */
  readonly summary: string
  /** More for the documentation, where the schema does not say it. */
  readonly description?: string
  /** The `featureLevel` since which it exists. */
  readonly since: number
}

/** A frame that asks for something: with an `id` it is answered. */
export interface RequestKind extends FrameKind {
  readonly direction: 'client'
  /** The `ok` of its answer. */
  readonly ok: TSchema
  /** Codes beside those that any request may get. */
  readonly refuses?: readonly ProblemCode[]
}

/** The same row, with its own types kept. */
export const request = <const One extends RequestKind>(one: One): One => one
