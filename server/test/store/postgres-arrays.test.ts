import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectForReading } from '../../src/store/postgres/database.ts'
import { ARRAY_TYPES } from '../../src/store/postgres/driver/array-types.ts'
import { prepare } from '../../src/store/postgres/statement.ts'
import { connect, tempSchema } from '../support/postgres.ts'

// The driver is told how to send arrays, and of which types they are.

const TEXTS = [
  '',
  'NULL',
  'null',
  '{}',
  'a,b',
  ' ',
  '"',
  '\\',
  '\\"',
  "it's",
  '\n\t',
  '{"x"}',
  'é 漢 🙂',
  null,
]
const NUMBERS = [0, 1, -1, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, null]

test('texts and numbers arrive in the database as they were sent', async (t) => {
  const pool = connectForReading(await tempSchema(t))
  t.after(() => pool.end(1))
  const texts = prepare<{ sent: unknown }>(pool, 'SELECT to_json($1::text[]) AS sent')
  const numbers = prepare<{ sent: unknown }>(pool, 'SELECT to_json($1::bigint[]) AS sent')
  for (const [query, lists] of [
    [texts, [TEXTS, TEXTS.slice(0, 1), TEXTS.toReversed(), []]],
    [numbers, [NUMBERS, [7], []]],
  ] as const)
    for (const list of lists) assert.deepEqual(await query.get(list), { sent: list })
})

test('the oids are those of the database', async (t) => {
  const [oids] = await connect(t)`SELECT 'bigint[]'::regtype::oid AS bigints, 'text[]'::regtype::oid AS texts`
  const { bigints, texts } = ARRAY_TYPES
  assert.deepEqual({ ...oids }, { bigints: bigints.to, texts: texts.to })
})
