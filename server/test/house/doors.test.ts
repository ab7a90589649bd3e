import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { files, imports, SRC } from './imports.ts'

/** The folders whose doors each folder may import. `lib` has no door: every folder may import its files. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  core: ['store', 'bus', 'files'],
  files: ['core'],
  store: ['core'],
  bus: [],
  observe: [],
  certificates: [],
  secrets: [],
  delivery: ['core', 'bus'],
  transport: ['delivery'],
  answers: ['core', 'transport'],
  pusher: ['bus', 'delivery', 'transport', 'observe'],
  dialects: ['core', 'bus', 'delivery', 'transport', 'answers', 'pusher', 'observe', 'secrets'],
  config: ['dialects'],
  web: ['transport'],
  hosting: [
    ...['core', 'store', 'bus', 'files', 'transport', 'dialects'],
    ...['config', 'observe', 'secrets', 'web', 'certificates'],
  ],
  moving: ['core', 'store', 'config', 'secrets'],
  operating: ['core', 'store', 'bus', 'files', 'config', 'secrets', 'certificates'],
  server: [
    'core',
    'delivery',
    'transport',
    'answers',
    'dialects',
    'config',
    'hosting',
    'observe',
    'operating',
    'secrets',
    'web',
  ],
  cli: ['server', 'store', 'dialects', 'config', 'moving', 'operating'],
  main: ['cli'],
}

const DOORS = new Set([
  'core/chat.ts',
  'store/store.ts',
  'store/sqlite/index.ts',
  'store/postgres/index.ts',
  'store/moving.ts',
  'store/sqlite/moving.ts',
  'store/postgres/moving.ts',
  'files/files.ts',
  'files/folder/index.ts',
  'bus/bus.ts',
  'bus/local.ts',
  'bus/redis/index.ts',
  'delivery/index.ts',
  'transport/index.ts',
  'web/index.ts',
  'answers/index.ts',
  'pusher/index.ts',
  'dialects/index.ts',
  'dialects/names.ts',
  'config/index.ts',
  'moving/index.ts',
  'operating/index.ts',
  'operating/serving.ts',
  'certificates/index.ts',
  'hosting/index.ts',
  'observe/index.ts',
  'secrets/index.ts',
  'cli/cli.ts',
  'server.ts',
  'store/sqlite/operating.ts',
  'store/postgres/operating.ts',
  'bus/redis/operating.ts',
])

/** Adapters are named by a composition root only: the server's, that of a move, or that of an operator's command. */
const ADAPTERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['store/sqlite/index.ts', ['hosting/endpoints.ts']],
  ['store/postgres/index.ts', ['hosting/endpoints.ts']],
  ['store/sqlite/moving.ts', ['moving/endpoints.ts']],
  ['store/postgres/moving.ts', ['moving/endpoints.ts']],
  ['store/sqlite/operating.ts', ['operating/endpoints.ts']],
  ['store/postgres/operating.ts', ['operating/endpoints.ts']],
  ['files/folder/index.ts', ['hosting/endpoints.ts', 'operating/endpoints.ts']],
  ['bus/local.ts', ['hosting/endpoints.ts', 'operating/endpoints.ts']],
  ['bus/redis/index.ts', ['hosting/endpoints.ts']],
  ['bus/redis/operating.ts', ['operating/endpoints.ts']],
])

/** A dialect is a room of its own inside `dialects`, and so is each file at the root. */
function roomOf(file: string): string {
  const [first = '', second = ''] = file.split('/')
  if (!file.includes('/')) return file.replace(/\.\w+$/, '')
  return first === 'dialects' && file.split('/').length > 2 ? `dialects/${second}` : first
}

const kindOf = (room: string): string => room.split('/')[0] ?? room

/** Those by which it is entered instead. */
const doorsOf = (room: string): readonly string[] => [...DOORS].filter((door) => roomOf(door) === room)

test('there are imports to check', () => assert.ok(imports.length > 100))

test('a room is entered by its door', () => {
  const trespasses = imports.filter(({ file, target }) => {
    const [from, to] = [roomOf(file), roomOf(target)]
    if (from === to || to === 'lib') return false
    // Files that several dialects use lie beside their folders.
    if (kindOf(to) === 'dialects' && kindOf(from) === 'dialects')
      return !/^dialects\/([\w-]+|\w+\/(index|row))\.ts$/.test(target)
    // The store and the files work on the domain's own types and refusals, which are plain data.
    if ((from === 'store' || from === 'files') && /^core\/(types|errors)\.ts$/.test(target)) return false
    return !DOORS.has(target)
  })
  const told = trespasses.map(({ file, target }) => ({ file, target, doors: doorsOf(roomOf(target)) }))
  assert.deepEqual(told, [])
})

test('a room knows only the rooms below it', () => {
  const climbs = imports.filter(({ file, target }) => {
    const [from, to] = [kindOf(roomOf(file)), kindOf(roomOf(target))]
    return from !== to && to !== 'lib' && !MAY_IMPORT[from]?.includes(to)
  })
  assert.deepEqual(climbs, [])
})

test('a dialect does not know another', () => {
  const gossip = imports.filter(({ file, target }) => {
    const [from, to] = [roomOf(file), roomOf(target)]
    return from.startsWith('dialects/') && to.startsWith('dialects/') && from !== to
  })
  assert.deepEqual(gossip, [])
})

test('only the composition root names an adapter', () => {
  const named = imports.filter(({ file, target }) => {
    const only = ADAPTERS.get(target)
    return only && !only.includes(file) && dirname(file) !== dirname(target)
  })
  assert.deepEqual(named, [])
})

test('only the entries read the environment', () => {
  const readers = files.filter((file) => /process\.env/.test(readFileSync(join(SRC, file), 'utf8')))
  assert.deepEqual(readers.sort(), ['hosting/health-check.js', 'main.js', 'operating/backup/child.js'])
})

test('SQL stays in the store', () => {
  const sql = /\b(SELECT\s.+\sFROM|INSERT INTO|UPDATE\s+\w+\s+SET|DELETE FROM)\b/
  const writers = files.filter(
    (file) => !file.startsWith('store/') && sql.test(readFileSync(join(SRC, file), 'utf8')),
  )
  assert.deepEqual(writers, [])
})

test('no escape hatch hides in the source', () => {
  const hatches = files.filter((file) =>
    /\bas any\b|:\s*any\s*[;,)=|\]>]|@ts-ignore|@ts-expect-error|\bTODO\b|\bFIXME\b/.test(
      readFileSync(join(SRC, file), 'utf8'),
    ),
  )
  assert.deepEqual(hatches, [])
})
