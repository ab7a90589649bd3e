import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { startParlance, type TestServer } from '../../../server/test/support/server.ts'
import { DESKTOP, openBrowser, PASSWORD } from './browser.ts'

/** Numbers from 0 up to 1 that a seed decides. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

interface LongWorld {
  readonly server: TestServer
  readonly browser: Browser
  readonly page: Page
  /** The long conversation's address, and that of a short one. */
  readonly long: string
  readonly short: string
  readonly count: number
  /** A text of any height. */
  readonly newBody: (number: number) => string
  /** Says something as the other person; the answer is the place of the message. */
  say(body: string): Promise<number>
  edit(seq: number, body: string): Promise<void>
}

interface LongOptions {
  readonly count: number
  readonly options?: BrowserContextOptions
  readonly settings?: Readonly<Record<string, string>>
}

/** Messages that are stored together: more would only wait. */
const AT_ONCE = 1_000

/** Ada, signed in, beside a conversation of so many messages of any height, of which she has read the last. */
export async function longWorld(
  t: TestContext,
  { count, options = DESKTOP, settings = {} }: LongOptions,
): Promise<LongWorld> {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
  t.diagnostic(`SEED=${seed}`)
  const random = seeded(seed)
  const server = await startParlance(settings)
  t.after(() => server.close())
  const browser = await openBrowser(t)
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  /** A question of Ada's with her cookie, or of whomever the token is. */
  const ask = async <Answer>(method: string, path: string, body: object, token?: string): Promise<Answer> => {
    const url = server.url + path
    const headers = { origin: server.url, 'content-type': 'application/json' }
    const text = JSON.stringify(body)
    if (token === undefined) {
      const answer = await context.request.fetch(url, { method, headers, data: text })
      assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`)
      return answer.json()
    }
    const answer = await fetch(url, {
      method,
      headers: { ...headers, authorization: `Bearer ${token}` },
      body: text,
    })
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`)
    // The caller says what that operation answers.
    return (await answer.json()) as Answer
  }
  type SignedIn = { account: { id: string }; session: { token?: string } }
  await ask('POST', '/v1/accounts', {
    username: 'ada',
    password: PASSWORD,
    displayName: 'Ada Lovelace',
    cookie: true,
  })
  const ben = await ask<SignedIn>(
    'POST',
    '/v1/accounts',
    { username: 'ben', password: PASSWORD, displayName: 'Ben Okri' },
    'none',
  )
  const cleo = await ask<SignedIn>(
    'POST',
    '/v1/accounts',
    { username: 'cleo', password: PASSWORD, displayName: 'Cleo' },
    'none',
  )
  const { id } = await ask<{ id: string }>('POST', '/v1/conversations', {
    kind: 'private',
    with: ben.account.id,
  })
  const other = await ask<{ id: string }>('POST', '/v1/conversations', {
    kind: 'private',
    with: cleo.account.id,
  })
  const { chat } = server
  const author = await chat.accounts.findByUsername('ben')
  assert.ok(author)
  const standing = await chat.conversations.standing(author.accountId, Number(id.slice(2)) as never)
  assert.ok(standing)
  const say = async (body: string) =>
    (await chat.messages.send(author, standing, { body, native: { format: 'markdown' } })).seq
  const newBody = (number: number) =>
    `message ${number}\n${'some words of a line '.repeat(Math.floor(random() ** 4 * 120))}`
  for (let first = 1; first <= count; first += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - first + 1) }, (_, index) => say(newBody(first + index))),
    )
  await ask('PUT', `/v1/conversations/${id}/read`, { seq: count })
  const edit = async (seq: number, body: string) => {
    await ask('PATCH', `/v1/conversations/${id}/messages/${seq}`, { body }, ben.session.token)
  }
  const page = await context.newPage()
  const long = `${server.url}/#/c/${id}`
  await page.goto(long)
  await page.locator(`article[data-seq="${count}"]`).waitFor()
  return { server, browser, page, long, short: `${server.url}/#/c/${other.id}`, count, newBody, say, edit }
}
