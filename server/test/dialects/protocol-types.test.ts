import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type as TypeBox } from 'typebox'
import { Type } from '../../../protocol/src/type.ts'

// The protocol's own builders stand for TypeBox's, and have its types. Here each is held against the original.

const SCHEMAS: Readonly<Record<string, (builders: typeof Type) => object>> = {
  'a text': (t) => t.String({ minLength: 1, pattern: '^a', title: 'A text' }),
  'a whole number': (t) => t.Integer({ minimum: 1, default: 2 }),
  'true or false': (t) => t.Boolean(),
  null: (t) => t.Null({ title: 'Nothing' }),
  anything: (t) => t.Unknown({ title: 'Anything' }),
  'one text, number or flag': (t) => t.Union([t.Literal('a'), t.Literal(1), t.Literal(true)]),
  'one of some': (t) => t.Enum(['a', 'b'], { default: 'a' }),
  'a list': (t) => t.Array(t.String(), { maxItems: 3 }),
  'a pair': (t) => t.Tuple([t.Integer(), t.Integer({ minimum: 1 })], { title: 'A range' }),
  'an object': (t) =>
    t.Object(
      { must: t.String(), may: t.Optional(t.Boolean({ default: true })) },
      { additionalProperties: false },
    ),
  'an object of what may be': (t) => t.Object({ may: t.Optional(t.String()) }),
  'an object without fields': (t) => t.Object({}),
  'a record': (t) => t.Record(t.String(), t.Integer(), { title: 'Counts' }),
  'a record of some names': (t) => t.Record(t.String({ pattern: '^c_' }), t.Integer()),
  'an optional one twice': (t) => t.Object({ may: t.Optional(t.Optional(t.String())) }),
  'a list with a type of its own': (t) => t.Unsafe<'a'[]>(t.Array(t.String())),
}

for (const [name, make] of Object.entries(SCHEMAS)) {
  test(`the schema of ${name} is as TypeBox writes it`, () => {
    assert.equal(JSON.stringify(make(Type)), JSON.stringify(make(TypeBox)))
  })
}
