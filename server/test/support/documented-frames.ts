import assert from 'node:assert/strict'
import { FRAMES, REQUESTS } from '@parlance/protocol'
import { Compile, type Validator } from 'typebox/compile'

// An answer has no `op`: its kind is named by the field that it has instead.
const ANSWER = 're'

const FROM_SERVER: ReadonlyMap<string, Validator> = new Map(
  FRAMES.filter(({ direction }) => direction === 'server').map(({ op, schema }) => [op, Compile(schema)]),
)
const GRANTED: ReadonlyMap<string, Validator> = new Map(
  Object.entries(REQUESTS).map(([op, { ok }]) => [op, Compile(ok)]),
)

/** Fails unless the frame is one that the server's document has, down to its last field. */
export function assertFrameDocumented(frame: Readonly<Record<string, unknown>>): void {
  const kind = ANSWER in frame ? ANSWER : String(frame.op)
  assertFits(FROM_SERVER.get(kind), frame, `a frame ${kind}`)
}

/** Fails unless a request of that kind may be granted with this. */
export const assertGrantDocumented = (op: string, ok: unknown): void =>
  assertFits(GRANTED.get(op), ok, `the grant of ${op}`)

function assertFits(validator: Validator | undefined, value: unknown, what: string): void {
  assert.ok(validator, `no such thing in the document: ${what}`)
  if (validator.Check(value)) return
  assert.fail(`${what} is not as documented: ${JSON.stringify([...validator.Errors(value)].slice(0, 3))} in
${JSON.stringify(value).slice(0, 1_000)}`)
}
