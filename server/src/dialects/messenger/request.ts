import { invalid, type Problem } from './errors.ts'
import { type FieldRules, Form, type Values } from './fields.ts'
import { readJsonBody } from './json-body.ts'

type Parameters = Readonly<Record<string, unknown>>

/** A request as the framework received it. */
export interface RawRequest {
  readonly path: Parameters
  /** The query's parameters; the last one of a repeated name counts. */
  readonly query: Parameters
  readonly contentType: string | undefined
  readonly body: Buffer | undefined
}

type None = Record<never, never>

interface Shape<Path extends FieldRules, Query extends FieldRules, Body extends FieldRules> {
  readonly path?: Path
  readonly query?: Query
  readonly body?: Body
}

/**
 * A parser of one kind of request. It throws the 422 with every wrong field in order: path, query, body.
 * A body that cannot be decoded is all that is said, as in the framework.
 */
export function request<
  T,
  Path extends FieldRules = None,
  Query extends FieldRules = None,
  Body extends FieldRules = None,
>(
  shape: Shape<Path, Query, Body>,
  toCommand: (values: Values<Path> & Values<Query> & Values<Body>) => T,
): (raw: RawRequest) => T {
  const path = shape.path && new Form('path', shape.path)
  const query = shape.query && new Form('query', shape.query)
  const body = shape.body && new Form('body', shape.body)
  return (raw) => {
    const json = body && readJsonBody(raw.body, raw.contentType)
    const problems: Problem[] = []
    const values = {
      ...path?.parse(raw.path, problems),
      ...query?.parse(lastOfEach(raw.query), problems),
      ...body?.parse(json, problems),
    }
    if (problems.length > 0) throw invalid(problems)
    return toCommand(values as Values<Path> & Values<Query> & Values<Body>)
  }
}

function lastOfEach(query: Parameters): Parameters {
  const entries = Object.entries(query)
  if (!entries.some(([, value]) => Array.isArray(value))) return query
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]),
  )
}
