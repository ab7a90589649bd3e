import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { spawnServer } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { START_MS, until } from '../support/until.ts'

const MODULE = join(import.meta.dirname, '../../src/lib/compile-cache.js')
const ASK = `
  import { getCompileCacheDir } from 'node:module'
  import { enablePrivateCompileCache } from ${JSON.stringify(MODULE)}
  enablePrivateCompileCache(process.env)
  process.stdout.write(getCompileCacheDir() ?? 'none')`

/** The directory where a process of that environment keeps its cache. */
function cacheOf(environment: Readonly<Record<string, string>>): string {
  const args = ['--input-type=module', '--eval', ASK]
  const { stdout, stderr } = spawnSync(process.execPath, args, { env: environment, encoding: 'utf8' })
  assert.equal(stderr, '')
  return stdout
}

const PLACE = 'parlance/compile-cache'

/** A server that has to find a place for its cache by itself. */
const QUIET = { PORT: '0', ROOMS_TCP_PORT: '0', NODE_COMPILE_CACHE: '' }

/** A home directory, in which `prepare` puts something in the way of a cache. */
async function homeWith(t: TestContext, prepare: (home: string) => void): Promise<string> {
  const home = join(await tempDir(t), 'home')
  mkdirSync(home, { mode: 0o755 })
  prepare(home)
  return home
}

function makeAll(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o755 })
}

test('a server keeps its compile cache where only its user can write, and leaves what others made alone', async (t) => {
  const directory = await tempDir(t)
  const [home, temporary] = [join(directory, 'home'), join(directory, 'tmp')]
  mkdirSync(home, { mode: 0o700 })
  // Anybody can make this directory before the server does.
  const trap = join(temporary, 'node-compile-cache')
  mkdirSync(trap, { recursive: true })
  for (const open of [temporary, trap]) chmodSync(open, 0o777)
  const settings = { ...QUIET, DBPATH: join(directory, 'chat.db') }
  const { child, output, exited } = spawnServer(t, { ...settings, HOME: home, TMPDIR: temporary })
  await until('the start-up block', () => output.stdout.includes('first account') || child.exitCode !== null)
  child.kill('SIGTERM')
  assert.equal(await exited, 0, output.stderr)
  assert.deepEqual(readdirSync(trap), [])
  const cache = join(home, '.cache', PLACE)
  assert.equal(statSync(cache).mode & 0o777, 0o700)
  const [version = ''] = readdirSync(cache)
  assert.ok(readdirSync(join(cache, version)).length > 100, 'it is in use')
})

test('a server that is ready has its compile cache on disk, though it may be killed', async (t) => {
  const home = await homeWith(t, () => undefined)
  const settings = { ...QUIET, DBPATH: join(home, 'chat.db'), HOME: home }
  const { child, exited } = spawnServer(t, settings)
  const cache = join(home, '.cache', PLACE)
  const cached = () =>
    existsSync(cache) ? readdirSync(cache).flatMap((version) => readdirSync(join(cache, version))) : []
  await until('the cache', () => cached().length > 100, START_MS)
  assert.equal(child.exitCode, null)
  child.kill('SIGKILL')
  await exited
})

const REFUSED: Readonly<Record<string, (home: string) => void>> = {
  'it may be written by everybody': (home) => {
    makeAll(join(home, '.cache', PLACE))
    chmodSync(join(home, '.cache', PLACE), 0o777)
  },
  'it may be written by its group': (home) => {
    makeAll(join(home, '.cache', PLACE))
    chmodSync(join(home, '.cache', PLACE), 0o770)
  },
  'it is sticky, and may be written by everybody': (home) => {
    makeAll(join(home, '.cache', PLACE))
    chmodSync(join(home, '.cache', PLACE), 0o1777)
  },
  'the directory around it may be written by everybody': (home) => {
    makeAll(join(home, '.cache', PLACE))
    chmodSync(join(home, '.cache/parlance'), 0o777)
  },
  'one further up may be, before it is made': (home) => chmodSync(home, 0o777),
  'it leads where everybody may write': (home) => {
    makeAll(join(home, '.cache/parlance'))
    makeAll(join(home, 'elsewhere'))
    chmodSync(join(home, 'elsewhere'), 0o777)
    symlinkSync(join(home, 'elsewhere'), join(home, '.cache', PLACE))
  },
  'it leads nowhere': (home) => {
    makeAll(join(home, '.cache/parlance'))
    symlinkSync(join(home, 'nowhere'), join(home, '.cache', PLACE))
  },
  'there is no place for it': () => undefined,
  ...(process.geteuid?.() === 0 && {
    'it is of another user': (home) => {
      makeAll(join(home, '.cache', PLACE))
      chownSync(join(home, '.cache', PLACE), 12_345, 12_345)
    },
    "the home directory is another user's, as under sudo": (home) => chownSync(home, 12_345, 12_345),
  }),
}

for (const [why, prepare] of Object.entries(REFUSED)) {
  test(`there is no cache where ${why}, and nothing is left there`, async (t) => {
    const home = await homeWith(t, prepare)
    const before = readdirSync(home, { recursive: true })
    const environment = why === 'there is no place for it' ? { HOME: '/proc/none' } : { HOME: home }
    assert.equal(cacheOf(environment), 'none')
    assert.deepEqual(readdirSync(home, { recursive: true }), before)
  })
}

test('the first of the places that is safe is taken', async (t) => {
  const directory = await tempDir(t)
  const [service, xdg, home] = ['service', 'xdg', 'home'].map((name) => join(directory, name))
  assert.ok(service && xdg && home)
  for (const path of [service, xdg, home]) mkdirSync(path, { mode: 0o755 })
  const environment = { CACHE_DIRECTORY: service, XDG_CACHE_HOME: xdg, HOME: home }
  assert.ok(cacheOf(environment).startsWith(join(service, PLACE)))
  chmodSync(service, 0o777)
  assert.ok(cacheOf(environment).startsWith(join(xdg, PLACE)))
  assert.ok(cacheOf({ ...environment, XDG_CACHE_HOME: 'relative' }).startsWith(join(home, '.cache', PLACE)))
})

test("Node's own settings go first", async (t) => {
  const own = join(await tempDir(t), 'own')
  assert.ok(cacheOf({ NODE_COMPILE_CACHE: own }).startsWith(own))
  assert.equal(cacheOf({ NODE_DISABLE_COMPILE_CACHE: '1' }), 'none')
})
