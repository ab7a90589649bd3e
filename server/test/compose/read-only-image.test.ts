import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../support/free-port.ts'
import { endWithUs } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { START_MS, until } from '../support/until.ts'

// The demands of compose.yaml on the image, without Docker: another user, no capability, and nothing to write to but /data.

const ROOT = join(import.meta.dirname, '../../..')
const NOBODY = 65_534
const AS_NOBODY = [
  ...['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs'],
  ...['--bounding-set=-all', '--inh-caps=-all'],
]

/** Makes two folders read-only for all that follows, and the third one an exception. */
const READ_ONLY = `
  mount --bind "$1" "$1" && mount --bind "$2" "$2" && mount --bind "$3" "$3" &&
  mount -o remount,bind,ro / && mount -o remount,bind,ro "$1" && mount -o remount,bind,ro "$2" &&
  shift 3 && exec "$@"`

/** The words of a command that runs in that world. */
const confined = (folders: readonly [string, string, string], ...command: readonly string[]): string[] => [
  ...['unshare', '--mount', '--propagation', 'private', 'sh', '-c', READ_ONLY, 'sh', ...folders],
  ...[...AS_NOBODY, ...command],
]

function runConfined(folders: readonly [string, string, string], ...command: readonly string[]) {
  const [program = '', ...args] = confined(folders, ...command)
  return spawnSync(program, args, { encoding: 'utf8' })
}

const skip =
  runConfined([ROOT, ROOT, ROOT], 'test', '-r', join(ROOT, 'node_modules/fastify/package.json')).status !==
    0 && 'no folder can be made read-only here, or no other user may read this one'

/** A folder with the image's files, and one for its data. */
async function world(t: TestContext) {
  const above = await tempDir(t)
  chmodSync(above, 0o755)
  const [image, data] = [join(above, 'image'), join(above, 'data')]
  for (const folder of ['server/src', 'protocol/src', 'web/dist'])
    cpSync(join(ROOT, folder), join(image, folder), { recursive: true })
  cpSync(join(ROOT, 'server/package.json'), join(image, 'server/package.json'))
  symlinkSync(join(ROOT, 'node_modules'), join(image, 'node_modules'))
  mkdirSync(data)
  chownSync(data, NOBODY, NOBODY)
  return { image, data, folders: [above, image, data] as const }
}

/** As the Dockerfile sets it, with another place for /data. */
function environmentIn(data: string): Record<string, string> {
  const lines = [...readFileSync(join(ROOT, 'Dockerfile'), 'utf8').matchAll(/^ENV (.+)$/gm)]
  const pairs = lines.flatMap(([, words = '']) => words.split(' ').map((word) => word.split(/=(.*)/s, 2)))
  return Object.fromEntries(pairs.map(([name, value = '']) => [name, value.replace('/data', data)]))
}

test('a server of the image writes into its data alone, as another user without a capability', {
  skip,
}, async (t) => {
  const { image, data, folders } = await world(t)
  for (const place of [image, join(image, 'server/src'), ROOT])
    assert.notEqual(runConfined([...folders], 'touch', join(place, 'written')).status, 0, place)
  assert.equal(runConfined([...folders], 'touch', join(data, 'written')).status, 0)

  const port = await freePort()
  const settings = { PORT: String(port), ROOMS_TCP_PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'error' }
  const [program = '', ...args] = confined([...folders], process.execPath, 'server/src/main.js', 'start')
  const server = spawn(program, args, {
    cwd: image,
    env: { PATH: process.env.PATH, ...environmentIn(data), ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  endWithUs(server)
  t.after(() => void server.kill('SIGKILL'))
  let said = ''
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const url = `http://127.0.0.1:${port}`
  const isUp = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  await until('the server to be ready', async () => (await isUp()) || server.exitCode !== null, START_MS)
  assert.equal(server.exitCode, null, said)
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8')
  assert.match(status, new RegExp(`^Uid:\\s+${NOBODY}\\s`, 'm'))
  assert.match(status, /^CapBnd:\s+0+$/m)

  const json = { 'content-type': 'application/json' }
  const person = JSON.stringify({ username: 'ann', password: 'correct horse battery' })
  const made = await fetch(`${url}/v1/accounts`, { method: 'POST', headers: json, body: person })
  assert.equal(made.status, 201)
  server.kill('SIGTERM')
  const [code] = await once(server, 'exit')
  assert.equal(code, 0, said)
  for (const kept of ['parlance.db', 'secrets.json', 'cache/parlance/compile-cache'])
    assert.ok(existsSync(join(data, kept)), kept)
})
