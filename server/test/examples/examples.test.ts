import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { DIALECT_NAMES } from '../../src/dialects/index.ts'
import { startParlance, type TestServer } from '../support/server.ts'

const ROOT = join(import.meta.dirname, '../../..')
const run = promisify(execFile)
const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

let server: TestServer
before(async () => {
  server = await startParlance()
})
after(() => server.close())

/** The pinned runtime first, as npm's scripts have it; then our `nc`, only where the machine has none. */
function environment(): NodeJS.ProcessEnv {
  const own = has('nc') ? [] : [join(import.meta.dirname, 'bin')]
  const path = [dirname(process.execPath), join(ROOT, 'node_modules/.bin'), process.env.PATH, ...own]
  return { ...process.env, PATH: path.join(':'), PARLANCE_URL: server.url }
}

const place = () => ({ cwd: ROOT, env: environment() })

/** The people who say hello in the README, with their dialects, in its order. */
const SPEAKERS = [
  'alice from channels',
  'bob from messenger',
  'alice from chatapp',
  'bob from groups',
  'alice from native',
  'alice from rooms',
]

/** The speakers in the history that the README ends with. */
function speakersIn(output: string): readonly string[] {
  const history: string = output.slice(output.lastIndexOf('{"ok":true,"data":['))
  const { data }: History = JSON.parse(history)
  return data.map(({ sender, msg }) => `${sender.username} ${msg.txt.replace(/^Hello, \w+, /, '')}`)
}

interface History {
  readonly data: readonly {
    readonly sender: { readonly username: string }
    readonly msg: { readonly txt: string }
  }[]
}

for (const file of globSync(`examples/{${DIALECT_NAMES.join()}}/*.ts`, { cwd: ROOT }).sort()) {
  test(`${file} holds its conversation`, async () => {
    const { stdout } = await run(process.execPath, [file], { ...place(), timeout: 20_000 })
    assert.match(stdout, /hello/i)
  })
}

test('there is an example for each dialect', () => {
  for (const name of server.config.dialects) assert.ok(existsSync(join(ROOT, 'examples', name)), name)
})

test("the README's conversation works when pasted into a terminal, and again", {
  skip: !has('curl') && 'there is no curl',
}, async () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const conversation = readme.slice(readme.indexOf('## A first conversation'))
  const blocks = [...conversation.matchAll(/```sh\n(.+?)```/gs)].map(([, block = '']) => block)
  assert.equal(blocks.length, server.config.dialects.length)
  const script = blocks
    .join('\n')
    .replaceAll('127.0.0.1:8000', `127.0.0.1:${server.port}`)
    .replaceAll('127.0.0.1 2004', `127.0.0.1 ${server.tcpPort}`)
  const paste = () => run('bash', ['-euo', 'pipefail', '-c', script], { ...place(), timeout: 60_000 })
  const { stdout } = await paste()
  assert.match(stdout, /"txt":"Hello, Bob, from rooms","timestamp":[\d.]+\}\}\n/, 'heard over TCP')
  assert.deepEqual(speakersIn(stdout), SPEAKERS)
  assert.deepEqual(speakersIn((await paste()).stdout), [...SPEAKERS, ...SPEAKERS])
})
