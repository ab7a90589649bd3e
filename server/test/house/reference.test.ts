import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { arithmetic } from '../../../docs/arithmetic.ts'
import { LocalBus } from '../../src/bus/local.ts'
import { SETTING_NAMES } from '../../src/config/index.ts'
import { CHAT_ERROR_CODES, Chat } from '../../src/core/chat.ts'
import { DIALECT_NAMES, DIALECTS } from '../../src/dialects/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import type { Store } from '../../src/store/store.ts'
import { LIMITS } from '../../src/transport/index.ts'

const ROOT = join(import.meta.dirname, '../../..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

/** The names in the first column of a page's tables. */
const rowsOf = (page: string) => [...read(page).matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = '']) => name)

/** Asserts that a page has these names and no others, and says which it lacks. */
function assertNames(onPage: readonly string[], names: readonly string[]): void {
  const missing = names.filter((name) => !onPage.includes(name))
  const unknown = onPage.filter((name) => !names.includes(name))
  assert.deepEqual({ missing, unknown }, { missing: [], unknown: [] })
  assert.equal(onPage.length, names.length, 'a name stands there twice')
}

test('the settings page has a row for every setting and for nothing else', () => {
  assertNames(rowsOf('docs/reference/settings.md'), SETTING_NAMES)
})

test('example.env names every setting and nothing else', () => {
  const names = [...read('example.env').matchAll(/^# ([A-Z_]+)=/gm)].map(([, name = '']) => name)
  assertNames(names, SETTING_NAMES)
})

test('the settings page and example.env name every dialect, and the page every prefix', () => {
  const page = read('docs/reference/settings.md')
  const [row = ''] = /^\| `PARLANCE_DIALECTS` .*$/m.exec(page) ?? []
  assert.deepEqual(
    [...row.matchAll(/`([a-z]+)`/g)].map(([, name]) => name),
    DIALECT_NAMES,
  )
  assert.ok(read('example.env').includes(`# PARLANCE_DIALECTS=${DIALECT_NAMES.join(',')}\n`))
  for (const name of DIALECT_NAMES) {
    for (const prefix of [`${name.toUpperCase()}_`, ...DIALECTS[name].settings.prefixes])
      assert.ok(page.includes(`\`${prefix}\``), prefix)
  }
})

test('each dialect has a page, in the list of all pages and in the README', () => {
  for (const name of DIALECT_NAMES) {
    for (const page of ['README.md', 'docs/README.md'])
      assert.ok(linksOf(page).includes(`docs/protocols/${name}.md`), `${page}: ${name}`)
  }
})

test('the errors page has a row for every refusal of the core', () => {
  assertNames(rowsOf('docs/reference/errors.md'), CHAT_ERROR_CODES)
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

const PAGES = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md', 'bench/*.md'], { cwd: ROOT })

/** The files that a page links to, as paths from the root. */
const linksOf = (page: string): readonly string[] =>
  [...read(page).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, target = '']) =>
    join(page, '..', target),
  )

test('every link between the pages leads somewhere', () => {
  assert.ok(PAGES.length > 20)
  const broken = PAGES.flatMap((page) =>
    linksOf(page).flatMap((target) => (existsSync(join(ROOT, target)) ? [] : [`${page} → ${target}`])),
  )
  assert.deepEqual(broken, [])
})

/** The names by which a page's headings are linked to. */
const anchorsOf = (page: string): ReadonlySet<string> =>
  new Set(
    [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )

test('every link to a heading finds it', () => {
  const links = PAGES.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#]*\.md)?#([^)]+)\)/g)].map(([, target, anchor = '']) => ({
      page,
      target: target === undefined ? page : join(page, '..', target),
      anchor,
    })),
  )
  const lost = links.filter(({ target, anchor }) => !anchorsOf(target).has(anchor))
  assert.ok(links.length > 5)
  assert.deepEqual(lost, [])
})

const NAMED = /`([\w.-]+(?:\/[\w.-]+)*\/[\w.-]+\.(?:ts|js|sql|md|json|yaml|conf|cfg))`/g

test('every file that a page for contributors names by its path is there', () => {
  const pages = PAGES.filter((page) => !/^(CHANGELOG|bench|docs\/(protocols|reference))/.test(page))
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(NAMED)].map(([, path = '']) => ({ page, path })),
  )
  const places = ['', 'server', 'server/src', 'server/test', 'server/src/store/postgres', 'docs']
  const lost = named.filter(({ path }) => !places.some((place) => existsSync(join(ROOT, place, path))))
  assert.ok(named.length > 60)
  assert.deepEqual(lost, [])
})

test('docs/README.md lists every page', () => {
  const listed = new Set(['docs/README.md', ...linksOf('docs/README.md')])
  assert.deepEqual(
    PAGES.filter((page) => !listed.has(page)),
    [],
  )
})

test('the page on embedding names every part of the core, and every command that nothing else reaches', () => {
  const page = read('docs/embedding.md')
  // A store of which nothing is asked.
  const store = {} as Store
  const chat = new Chat({ store, bus: new LocalBus(() => {}), clock: systemClock(), maxMessageBytes: 1 })
  const callers = globSync('server/src/**/*.ts', { cwd: ROOT, exclude: ['server/src/{core,store}/**'] })
    .map(read)
    .join('\n')
  const parts = Object.entries<object>({ ...chat })
  assert.ok(parts.length > 5)
  const unreached = parts.flatMap(([noun, part]) =>
    Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(part)))
      .filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function')
      .map(([name]) => `${noun}.${name}`)
      .filter((command) => !new RegExp(`\\b${command.replace('.', '\\s*\\.')}\\b`).test(callers)),
  )
  const named = (word: string) => page.includes(`\`${word}\``)
  assert.deepEqual(
    [...parts.map(([noun]) => noun), ...unreached].filter((word) => !named(word)),
    [],
  )
})
