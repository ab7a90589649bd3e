import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '../../..')

const readAll = (patterns: readonly string[]): readonly (readonly [file: string, text: string])[] =>
  globSync(patterns, { cwd: ROOT, exclude: (name) => /node_modules|\bdist\b/.test(name) }).map((file) => [
    file,
    readFileSync(join(ROOT, file), 'utf8'),
  ])

const code = readAll(
  ['protocol', 'server', 'sdk', 'web', 'bench', 'docs', 'examples'].map(
    (folder) => `${folder}/**/*.{ts,tsx,js}`,
  ),
)
const queries = readAll(['server/src/**/*.sql'])
const deployment = readAll(['Dockerfile', 'compose.yaml', 'example.env', 'deploy/*'])

/** A relative clause without the noun that it describes: the reader has to guess the subject. */
const HEADLESS = /^(?:Who|What|Whoever|Whatever|Of|So much|So many|Whose|Whom|Which)\b/i

/** Comments that begin their lines: one block each, or neighbouring lines together. */
const IN_CODE = /^[ \t]*\/\*.*?\*\/|(?:^[ \t]*\/\/[^\n]*\n)+/gms
const IN_QUERIES = /(?:^[ \t]*--[^\n]*\n)+/gm
const IN_DEPLOYMENT = /(?:^[ \t]*#[^\n]*\n)+/gm
const DELIMITER = /^\s*(?:\/\*\*?|\*\/|\*|\/\/|--|#)\s?|\*\/$/gm

const sentencesOf = (comment: string): readonly string[] =>
  comment
    .replaceAll(DELIMITER, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .split(/(?<=[.!?:]) (?=[A-Z])/)

const NAME = /\b(?:test|describe\w*|suite|rule)\(\s*(['"`])((?:\\.|(?!\1).)+)\1/g

test('no sentence of a comment begins without its subject', () => {
  const comments = [
    ...code.map(([file, text]) => [file, text.match(IN_CODE) ?? []] as const),
    ...queries.map(([file, text]) => [file, text.match(IN_QUERIES) ?? []] as const),
    ...deployment.map(([file, text]) => [file, text.match(IN_DEPLOYMENT) ?? []] as const),
  ]
  const sentences = comments.flatMap(([file, found]) =>
    found.flatMap((comment) => sentencesOf(comment).map((sentence) => ({ file, sentence }))),
  )
  assert.ok(sentences.length > 3_000)
  assert.deepEqual(
    sentences.filter(({ sentence }) => HEADLESS.test(sentence)),
    [],
    'name the subject, then one clause, then the reason',
  )
})

test('no name of a test begins without its subject', () => {
  const names = code.flatMap(([file, text]) =>
    [...text.matchAll(NAME)].map(([, , name = '']) => ({ file, name })),
  )
  assert.ok(names.length > 800)
  assert.deepEqual(
    names.filter(({ name }) => name.split(/(?<=[.!?:;]) /).some((part) => HEADLESS.test(part))),
    [],
    'a name is a rule: its subject comes first',
  )
})
