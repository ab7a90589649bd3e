import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { arithmetic } from '../../../docs/arithmetic.ts'
import { SETTING_NAMES } from '../../src/config/index.ts'
import { CHAT_ERROR_CODES } from '../../src/core/chat.ts'
import { LIMITS } from '../../src/transport/index.ts'

const ROOT = join(import.meta.dirname, '../../..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

/** The names in the first column of a page's tables. */
const rowsOf = (page: string) => [...read(page).matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = '']) => name)

const sorted = (names: Iterable<string>) => [...names].sort()

test('the settings page has a row for every setting and for nothing else', () => {
  assert.deepEqual(sorted(rowsOf('docs/reference/settings.md')), sorted(SETTING_NAMES))
})

test('example.env names every setting and nothing else', () => {
  const names = [...read('example.env').matchAll(/^# ([A-Z_]+)=/gm)].map(([, name = '']) => name)
  assert.deepEqual(sorted(names), sorted(SETTING_NAMES))
})

test('the errors page has a row for every refusal of the core', () => {
  assert.deepEqual(sorted(rowsOf('docs/reference/errors.md')), sorted(CHAT_ERROR_CODES))
})

test('the limits page has the numbers of the code', () => {
  const rows = [
    ...read('docs/reference/limits.md').matchAll(/^\| `(\w+)` \| \w+ \| ([\d.]+) \| ([\d.]+) \|/gm),
  ]
  const documented = rows.map(([, kind, burst, perSecond]) => [
    kind,
    { burst: Number(burst), perSecond: Number(perSecond) },
  ])
  assert.deepEqual(Object.fromEntries(documented), LIMITS)
})

test('the page of arithmetic has the figures of the bench, and their results: npx node docs/arithmetic.ts writes them', () => {
  const page = read('docs/arithmetic.md')
  assert.equal(page, arithmetic(page, JSON.parse(read('bench/results.json'))))
})

test('every link between the pages leads somewhere', () => {
  const pages = [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'SECURITY.md',
    'docs/life-of-a-message.md',
    'docs/growing.md',
    'docs/arithmetic.md',
    'examples/two-nodes/README.md',
    'docs/moving.md',
    'docs/reference/settings.md',
    'docs/reference/errors.md',
    'docs/reference/limits.md',
  ]
  for (const page of pages) {
    for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      assert.ok(existsSync(join(ROOT, page, '..', target)), `${page} → ${target}`)
    }
  }
})
