import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { FEATURE_LEVEL, OPERATIONS, type Operation, PROBLEMS } from '@parlance/protocol'
import { incompatibilities } from '../../../docs/compatibility.ts'
import { DOCUMENTS } from '../../../docs/reference/documents.ts'
import { SUBJECTS } from '../../src/dialects/native/documents/subjects.ts'

const ROOT = join(import.meta.dirname, '../../..')
const run = promisify(execFile)
const written = (file: string) => readFileSync(join(ROOT, 'docs/reference', file), 'utf8')

for (const [file, made] of Object.entries(DOCUMENTS)) {
  describe(file, () => {
    test('is as the tables of the protocol say: npx node docs/reference/documents.ts writes it', () => {
      assert.ok(made() === written(file), 'it is not')
    })

    test('takes nothing away from clients of the committed one', () => {
      assert.deepEqual(incompatibilities(JSON.parse(written(file)), JSON.parse(made())), [])
    })

    test('has nothing that a linter of such documents minds', async () => {
      const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
      const linter = join(ROOT, 'node_modules/.bin/redocly')
      const { stdout, stderr } = await run(linter, ['lint', join(ROOT, 'docs/reference', file)], { env })
      assert.doesNotMatch(stdout + stderr, /\b(warning|error)/i)
    })
  })
}

test('every operation has a subject, and is there since a level that the server has', () => {
  for (const [id, { tag, since }] of Object.entries<Operation>(OPERATIONS)) {
    assert.ok(tag in SUBJECTS, `${id}: ${tag}`)
    assert.ok(since >= 1 && since <= FEATURE_LEVEL, id)
  }
})

test('every operation refuses with codes that are known, and names none twice', () => {
  for (const [id, { refuses = [] }] of Object.entries<Operation>(OPERATIONS)) {
    for (const code of refuses) assert.ok(code in PROBLEMS, `${id}: ${code}`)
    assert.equal(new Set(refuses).size, refuses.length, id)
  }
})

// A document as small as one can be, and changes of it.

const document = ({ said = {}, told = {}, ...operation }: Record<string, object> = {}) => ({
  paths: {
    '/v1/things': {
      post: {
        parameters: [
          { name: 'limit', in: 'query', required: false, schema: { type: 'integer', maximum: 9 } },
        ],
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['name'],
                properties: {
                  name: { type: 'string', maxLength: 9 },
                  kind: { type: 'string', enum: ['a', 'b'] },
                  note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
                },
                ...said,
              },
            },
          },
        },
        responses: {
          201: {
            headers: { Location: {} },
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['id', 'kind'],
                  properties: { id: { type: 'string' }, kind: { type: 'string', enum: ['a', 'b'] } },
                  ...told,
                },
              },
            },
          },
        },
        ...operation,
      },
    },
  },
})

const saidWith = (properties: object) => ({
  said: {
    properties: {
      name: { type: 'string', maxLength: 9 },
      kind: { type: 'string', enum: ['a', 'b'] },
      note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      ...properties,
    },
  },
})
const toldWith = (properties: object) => ({
  told: { properties: { id: { type: 'string' }, kind: { type: 'string', enum: ['a', 'b'] }, ...properties } },
})

const NARROWED: Readonly<Record<string, Record<string, object>>> = {
  'a field of a request is gone': { said: { properties: { name: { type: 'string', maxLength: 9 } } } },
  'a field of a request is required now': { said: { required: ['name', 'kind'] } },
  'a field of a request has another type': saidWith({ name: { type: 'integer' } }),
  'a field of a request may not be null any more': saidWith({ note: { type: 'string' } }),
  'a text of a request is shorter': saidWith({ name: { type: 'string', maxLength: 8 } }),
  'a value of a request is gone': saidWith({ kind: { type: 'string', enum: ['a'] } }),
  'any value of a request has become some': saidWith({ name: { type: 'string', enum: ['a'] } }),
  'a parameter is gone': { parameters: [] },
  'a parameter is required now': {
    parameters: [{ name: 'limit', in: 'query', required: true, schema: { type: 'integer', maximum: 9 } }],
  },
  'a parameter that is new is required': {
    parameters: [
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', maximum: 9 } },
      { name: 'more', in: 'query', required: true, schema: { type: 'integer' } },
    ],
  },
  'a status is gone': { responses: { 200: {} } },
  'a field of an answer is gone': { told: { required: ['id'], properties: { id: { type: 'string' } } } },
  'a field of an answer is not always there': { told: { required: ['id'] } },
  'a field of an answer has another type': toldWith({ id: { type: 'integer' } }),
  'a field of an answer may be null': toldWith({ id: { anyOf: [{ type: 'string' }, { type: 'null' }] } }),
}

const WIDENED: Readonly<Record<string, Record<string, object>>> = {
  'nothing has changed': {},
  'a request may have one more field': saidWith({ extra: { type: 'string' } }),
  'a text of a request may be longer': saidWith({ name: { type: 'string', maxLength: 10 } }),
  'a value of a request is new': saidWith({ kind: { type: 'string', enum: ['a', 'b', 'c'] } }),
  'a field of a request is optional now': { said: { required: [] } },
  'a field of a request may be null': saidWith({
    name: { anyOf: [{ type: 'string', maxLength: 9 }, { type: 'null' }] },
  }),
  'an answer has one more field': toldWith({ extra: { type: 'string' } }),
  'an answer has one more value': toldWith({ kind: { type: 'string', enum: ['a', 'b', 'c'] } }),
}

describe('the comparison of two documents', () => {
  for (const [what, change] of Object.entries(NARROWED))
    test(`tells that ${what}`, () => {
      assert.notDeepEqual(incompatibilities(document(), document(change)), [])
    })
  for (const [what, change] of Object.entries(WIDENED))
    test(`bears that ${what}`, () => {
      assert.deepEqual(incompatibilities(document(), document(change)), [])
    })
  test('bears that an answer of several kinds has one more, where each says which it is', () => {
    const kind = (name: string) => ({ type: 'object', properties: { kind: { const: name } } })
    const told = (...variants: readonly object[]) => document(toldWith({ id: { anyOf: variants } }))
    assert.deepEqual(incompatibilities(told(kind('a'), kind('b')), told(kind('a'), kind('b'), kind('c'))), [])
    assert.notDeepEqual(incompatibilities(told(kind('a'), kind('b')), told(kind('a'), { type: 'null' })), [])
  })
  test('tells that an operation is gone, or asks for a session', () => {
    assert.deepEqual(incompatibilities(document(), { paths: {} }), ['paths//v1/things is gone'])
    const open = document({ security: [] })
    assert.deepEqual(incompatibilities(open, document()), ['POST /v1/things asks for a session'])
  })
})
