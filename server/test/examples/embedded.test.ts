import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { endWithUs } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { START_MS, until } from '../support/until.ts'

const ROOT = join(import.meta.dirname, '../../..')
const EXAMPLE = 'examples/embedded/shop.ts'
const JSON_TYPE = { 'content-type': 'application/json' }
const run = promisify(execFile)

interface Page {
  readonly messages: readonly { readonly contents: string }[]
}

/** A customer of the shop, who uses a messenger client. */
async function customer(url: string, username: string) {
  const account = { username, email: `${username}@example.org`, password: 'correct horse battery staple' }
  const registered = await fetch(`${url}/register`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify(account),
  })
  const { access_token } = (await registered.json()) as { access_token: string }
  const headers = { ...JSON_TYPE, authorization: `Bearer ${access_token}` }
  return {
    async read(): Promise<readonly string[]> {
      const { messages } = (await (await fetch(`${url}/chat/1/messages`, { headers })).json()) as Page
      return messages.map(({ contents }) => contents)
    },
    async say(contents: string): Promise<void> {
      const body = JSON.stringify({ contents })
      await fetch(`${url}/chat/1/message`, { method: 'POST', headers, body })
    },
  }
}

test('a program with the server inside tells its customers of orders, answers them, and ends when it wants', async (t) => {
  const DBPATH = join(await tempDir(t), 'shop.db')
  const env = { PATH: process.env.PATH, DBPATH, PORT: '0', SHOP_PORT: '0' }
  const shop = spawn(process.execPath, [EXAMPLE], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] })
  endWithUs(shop)
  let printed = ''
  shop.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text
  })
  const addressOf = (what: string) =>
    until(what, () => new RegExp(`The ${what} is at (\\S+)\n`).exec(printed)?.[1], START_MS)
  const [chat, orders] = [await addressOf('chat'), await addressOf('shop')]

  const ann = await customer(chat, 'ann')
  const order = async (name: string) =>
    (await fetch(`${orders}/orders?customer=${name}&order=17`, { method: 'POST' })).status
  assert.equal(await order('ann'), 204)
  assert.equal(await order('ann'), 204)
  assert.equal(await order('nobody'), 404)
  assert.deepEqual(await ann.read(), ['Order 17 is on its way.'])
  await ann.say('Where is it?')
  await until('an answer', async () => (await ann.read()).length > 2)
  assert.deepEqual((await ann.read()).slice(1), ['Where is it?', 'We are looking into it.'])

  const ended = once(shop, 'exit')
  shop.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
})

test('a program beside the checkout imports the server as a package that npm has linked', async (t) => {
  const program = await tempDir(t)
  mkdirSync(join(program, 'node_modules/@parlance'), { recursive: true })
  symlinkSync(join(ROOT, 'server'), join(program, 'node_modules/@parlance/server'))
  writeFileSync(
    join(program, 'main.mjs'),
    `import { createServer, readConfig } from '@parlance/server'
    const server = await createServer(readConfig({ DBPATH: 'chat.db', PORT: '0', ROOMS_TCP_PORT: '0' }))
    console.log((await fetch(server.url + '/readyz')).status)
    await server.close()`,
  )
  const { stdout } = await run(process.execPath, ['main.mjs'], { cwd: program, timeout: START_MS })
  assert.match(stdout, /^200$/m)
})

test('docs/embedding.md shows the example as it runs', () => {
  const page = readFileSync(join(ROOT, 'docs/embedding.md'), 'utf8')
  assert.ok(page.includes(`\`\`\`ts\n${readFileSync(join(ROOT, EXAMPLE), 'utf8')}\`\`\`\n`))
})
