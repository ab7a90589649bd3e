import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { FRAMES, PROBLEMS, REQUESTS } from '@parlance/protocol'
import type { AsyncApi } from '../../src/dialects/native/documents/asyncapi.ts'
import type { OpenApi } from '../../src/dialects/native/documents/openapi-types.ts'
import { assertDocumented } from '../support/documented.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'

// The documents that a server gives out, as programs and people read them.

const ROOT = join(import.meta.dirname, '../../..')
const run = promisify(execFile)

let server: TestServer
before(async () => {
  server = await startParlance({ PUBLIC_URL: 'https://chat.example.org' })
})
after(() => server.close())

const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers })

describe('openapi.json', () => {
  test('is for everybody, also for pages of other sites, and names the public address', async () => {
    const response = await get('/openapi.json')
    assert.match(response.headers.get('content-type') ?? '', /^application\/json\b/)
    assert.equal(response.headers.get('access-control-allow-origin'), '*')
    const { servers, openapi } = (await response.json()) as OpenApi
    assert.deepEqual(servers, [{ url: 'https://chat.example.org' }])
    assert.equal(openapi, '3.1.0')
  })

  test('is not sent again to a client that has it', async () => {
    const etag = (await get('/openapi.json')).headers.get('etag') ?? ''
    const again = await get('/openapi.json', { 'if-none-match': etag })
    assert.deepEqual([again.status, await again.text()], [304, ''])
  })

  test('is enough for a generated client that registers, opens, sends, pages and edits', async (t) => {
    const directory = await tempDir(t)
    await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
    await writeFile(join(directory, 'openapi.json'), await (await get('/openapi.json')).text())
    await writeFile(join(directory, 'smoke.ts'), SMOKE)
    await writeFile(join(directory, 'package.json'), '{ "type": "module" }')
    const generator = join(ROOT, 'server/node_modules/.bin/openapi-typescript')
    await run(generator, ['openapi.json', '--output', 'api.d.ts'], { cwd: directory })
    const options = ['--strict', '--noEmit', '--allowImportingTsExtensions', '--skipLibCheck']
    const modules = ['--module', 'nodenext', '--target', 'esnext', '--types', 'node']
    await run(join(ROOT, 'node_modules/.bin/tsc'), [...options, ...modules, 'smoke.ts'], { cwd: directory })
    const env = { ...process.env, URL: server.url, NAME: `generated-${randomUUID().slice(0, 8)}` }
    const { stdout } = await run(process.execPath, ['smoke.ts'], { cwd: directory, env })
    assert.deepEqual(JSON.parse(stdout), {
      texts: ['Hello, everybody'],
      version: true,
      refused: 'not_a_member',
    })
  })
})

describe('asyncapi.json', () => {
  const messages = async (): Promise<AsyncApi['components']['messages']> => {
    const { components } = (await (await get('/asyncapi.json')).json()) as AsyncApi
    return components.messages
  }

  test('has each kind of frame, also where client and server have one of the same name', async () => {
    const told = Object.values(await messages()).map((message) => [message['x-direction'], message.name])
    assert.deepEqual(told.toSorted(), FRAMES.map(({ direction, op }) => [direction, op]).toSorted())
  })

  test('says of each request what grants and what refuses it', async () => {
    const asked = Object.values(await messages()).filter((message) => message['x-ok'])
    assert.deepEqual(asked.map(({ name }) => name).toSorted(), Object.keys(REQUESTS).toSorted())
    for (const { name, 'x-problem-codes': codes = [] } of asked)
      assert.ok(codes.includes('rate_limited'), name)
  })
})

const SMOKE = `
import createClient from 'openapi-fetch'
import type { paths } from './api.d.ts'

const client = createClient<paths>({ baseUrl: process.env.URL ?? '' })
const registered = await client.POST('/v1/accounts', {
  body: { username: process.env.NAME ?? '', password: 'correct horse battery staple' },
})
if (!registered.data) throw new Error(registered.error.code)
const headers = { authorization: \`Bearer \${registered.data.session.token}\` }
const opened = await client.POST('/v1/conversations', {
  headers,
  body: { kind: 'group', members: [], name: 'A generated group' },
})
if (!opened.data) throw new Error(opened.error.detail)
const c = opened.data.id
const sent = await client.POST('/v1/conversations/{c}/messages', {
  headers,
  params: { path: { c } },
  body: { clientId: 'first', body: 'Hello', format: 'plain' },
})
if (!sent.data) throw new Error(sent.error.detail)
const { seq, version } = sent.data
const edited = await client.PATCH('/v1/conversations/{c}/messages/{seq}', {
  headers,
  params: { path: { c, seq }, header: { 'If-Match': \`"\${version}"\` } },
  body: { body: 'Hello, everybody' },
})
const page = await client.GET('/v1/conversations/{c}/messages', {
  headers,
  params: { path: { c }, query: { limit: 10 } },
})
const refused = await client.GET('/v1/conversations/{c}', { headers, params: { path: { c: 'c_999999' } } })
console.log(
  JSON.stringify({
    texts: page.data?.items.map(({ body }) => body),
    version: (edited.data?.version ?? 0) > version,
    refused: refused.error?.code,
  }),
)
`

const linksIn = (text: string): readonly string[] =>
  [...text.matchAll(/ href="([^"]*)"/g)].map(([, link = '']) => link)

describe('the pages', () => {
  const seen = new Map<string, string>()
  before(async () => {
    const waiting = ['/docs']
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const response = await get(path)
      assert.equal(response.status, 200, path)
      const text = await response.text()
      seen.set(path, text)
      for (const [page = ''] of linksIn(text).map((link) => link.split('#', 1)))
        if (page.startsWith('/docs') && !seen.has(page) && !waiting.includes(page)) waiting.push(page)
    }
  })

  test('lead to every operation, every object and every problem', async () => {
    const document = (await (await get('/openapi.json')).json()) as OpenApi
    const ids = new Set(
      [...seen.values()].flatMap((text) => [...text.matchAll(/ id="(\w+)"/g)].map(([, id]) => id)),
    )
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
    for (const { operationId } of operations) assert.ok(ids.has(operationId), operationId)
    for (const name of Object.keys(document.components.schemas)) assert.ok(ids.has(name), name)
    for (const code of Object.keys(PROBLEMS)) assert.ok(seen.has(`/docs/problems/${code}`), code)
  })

  test('have no link that leads nowhere', () => {
    for (const [page, text] of seen)
      for (const link of linksIn(text)) {
        const [path, anchor] = link.split('#')
        if (path === '/openapi.json' || path === '/asyncapi.json') continue
        const target = seen.get(path === '' ? page : (path ?? ''))
        assert.ok(target, `${page}: ${link}`)
        assert.ok(anchor === undefined || target.includes(` id="${anchor}"`), `${page}: ${link}`)
      }
  })

  test('load nothing, run nothing, and say so to the browser', async () => {
    const { headers } = await get('/docs')
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+';/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    for (const [page, text] of seen) {
      assert.doesNotMatch(
        text,
        /<script|<img|<link|<iframe|<form|\ssrc=|\sstyle=|\son\w+=|href="https?:/i,
        page,
      )
      const style = /<style>([^<]*)<\/style>/.exec(text)?.[1] ?? ''
      const digest = createHash('sha256').update(style).digest('base64')
      assert.ok(policy.includes(`'sha256-${digest}'`), page)
    }
  })

  test('are well formed: every element that is opened is closed, in order', () => {
    for (const [page, text] of seen) {
      const open: string[] = []
      for (const [, slash, name = ''] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
        if (name === 'meta') continue
        if (slash === '') open.push(name)
        else assert.equal(open.pop(), name, page)
      }
      assert.deepEqual(open, [], page)
      assert.equal(text.match(/<h1>/g)?.length, 1, page)
    }
  })

  test('refuse a page that is not there as any path', async () => {
    for (const path of ['/docs/nothing', '/docs/problems/nothing', '/docs/'])
      assert.equal((await get(path)).status, 404, path)
  })
})

test('the type of a problem leads to its page', async () => {
  const refused = await get('/v1/me')
  const { type, code } = (await refused.json()) as { type: string; code: string }
  assert.match(await (await get(type)).text(), new RegExp(`<h1><code>${code}</code></h1>`))
})

describe('an answer is held against the document', () => {
  const body = { name: 'x', version: '1', featureLevel: 1, epoch: 'x', dialects: [] }
  const limits = {
    maxMessageBytes: 1,
    maxPage: 1,
    maxFrameBytes: 1,
    maxFileBytes: 1,
    maxAttachments: 1,
    retentionDays: null,
  }
  const info = { ...body, limits, auth: { password: true, register: true, oidc: false } }
  const tell = (more: object) =>
    assertDocumented({
      method: 'GET',
      path: '/v1/server',
      status: 200,
      headers: new Headers({ 'content-type': 'application/json', 'x-request-id': 'x' }),
      text: JSON.stringify(info),
      ...more,
    })

  test('and passes where it is as that says', () => tell({}))

  for (const [what, more] of Object.entries({
    'a field more': { text: JSON.stringify({ ...info, more: 1 }) },
    'a field more inside': { text: JSON.stringify({ ...info, limits: { ...limits, more: 1 } }) },
    'a field less': { text: JSON.stringify({ ...info, name: undefined }) },
    'another status': { status: 201 },
    'another media type': { headers: new Headers({ 'content-type': 'text/plain', 'x-request-id': 'x' }) },
    'no request id': { headers: new Headers({ 'content-type': 'application/json' }) },
    'a header more': {
      headers: new Headers({ 'content-type': 'application/json', 'x-request-id': 'x', 'x-more': 'x' }),
    },
    'no such operation': { path: '/v1/nothing' },
  }))
    test(`and fails with ${what}`, () => assert.throws(() => tell(more), { code: 'ERR_ASSERTION' }))
})
