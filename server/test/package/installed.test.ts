import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { buildPackage } from '../../build/index.ts'
import { productionPackages } from '../../build/production.ts'
import { freePort } from '../support/free-port.ts'
import { endWithUs } from '../support/process.ts'
import { until } from '../support/until.ts'

const ROOT = join(import.meta.dirname, '../../..')
const run = promisify(execFile)
const folder = await mkdtemp(join(tmpdir(), 'parlance-package-'))
after(() => rm(folder, { recursive: true }))
const dist = join(folder, 'dist')
buildPackage(dist)

test('the package of the server runs in an empty project, without a registry', async (t) => {
  const project = join(folder, 'project')
  const { stdout } = await run('npm', ['pack', dist, '--json', '--pack-destination', folder], {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  })
  const [{ filename, size, unpackedSize }] = JSON.parse(stdout)
  t.diagnostic(`${filename}: ${Math.round(size / 1024)} KiB, unpacked ${Math.round(unpackedSize / 1024)} KiB`)
  await mkdir(project)
  await writeFile(join(project, 'package.json'), '{ "private": true }')
  // Its cache is empty: whatever is not in the package would be missing.
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder },
    ...{
      npm_config_cache: join(folder, 'cache'),
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
    },
  }
  const at = { cwd: project, env }
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, filename)], at)

  const parlance = async (...args: readonly string[]) => (await run('npx', ['parlance', ...args], at)).stdout
  const { version } = JSON.parse(await readFile(join(ROOT, 'server/package.json'), 'utf8'))
  assert.equal(await parlance('--version'), `${version}\n`)
  assert.match(await parlance('check', '--port', '8123'), /8123/)

  const program =
    "import { createServer, readConfig } from '@parlance/server'; console.log(typeof createServer, readConfig({}).host)"
  const embedding = await run(process.execPath, ['--input-type=module', '--eval', program], at)
  assert.equal(embedding.stdout, 'function 127.0.0.1\n')

  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = { PORT: String(port), ROOMS_TCP_PORT: '0', LOG_LEVEL: 'error' }
  const server = spawn(join(project, 'node_modules/.bin/parlance'), ['start'], {
    ...{ cwd: project, env: { ...env, ...settings } },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  endWithUs(server)
  t.after(() => void server.kill('SIGKILL'))
  let said = ''
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const isUp = () =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    )
  await until('the server to answer', async () => (await isUp()) || server.exitCode !== null, 30_000)
  assert.equal(server.exitCode, null, said)

  const register = async (username: string) => {
    const body = JSON.stringify({ username, password: 'correct horse battery' })
    const headers = { 'content-type': 'application/json' }
    return (await fetch(`${url}/v1/accounts`, { method: 'POST', headers, body })).status
  }
  assert.equal(await register('ann'), 201)
  const page = await (await fetch(url)).text()
  const [, script] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? []
  assert.equal((await fetch(`${url}${script}`)).status, 200, 'the web client is whole')
  assert.equal((await fetch(`${url}/openapi.json`)).status, 200)
  server.kill('SIGTERM')
  await until('the server to end', () => server.exitCode !== null)
  assert.equal(server.exitCode, 0, said)
  assert.match(await parlance('accounts', 'list', '--json'), /"ann"/)
})

test('the package has every file of the sources as JavaScript, and the packages that the lock file names', async () => {
  const files = (folder: string, pattern = '**/*.*') => globSync(pattern, { cwd: folder }).toSorted()
  for (const folder of ['server/src', 'protocol/src'])
    assert.deepEqual(
      files(join(dist, folder)),
      files(join(ROOT, folder))
        .map((file) => file.replace(/\.ts$/, '.js'))
        .toSorted(),
    )
  const packages = files(
    join(dist, 'node_modules'),
    '{*,@*/*,*/node_modules/*,@*/*/node_modules/*}/package.json',
  )
  assert.deepEqual(
    packages
      .map((file) => `node_modules/${dirname(file)}`)
      .filter((path) => !/\/(cjs|esm|dist)$/.test(path))
      .toSorted(),
    productionPackages('server')
      .map(({ path }) => path)
      .toSorted(),
  )
  for (const file of globSync('{server,protocol}/src/**/*.js', { cwd: dist })) {
    const code = await readFile(join(dist, file), 'utf8')
    assert.doesNotMatch(code, /(?:from|import\() ?'(?:\.[^']*\.ts|@parlance\/[^']*)'/, file)
  }
})
