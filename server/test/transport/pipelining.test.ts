import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Inbox, PendingWrite } from '../../src/transport/index.ts'
import { until } from '../support/until.ts'

class TestSend extends PendingWrite<string> {
  readonly #name: string
  readonly #log: string[]

  constructor(name: string, log: string[]) {
    super()
    this.#name = name
    this.#log = log
  }

  protected onCommitted(value: string): void {
    this.#log.push(`answer ${this.#name} ${value}`)
    if (this.#name === 'sBad') throw new Error('a bug')
  }

  protected onRefused(error: unknown): void {
    this.#log.push(`refuse ${this.#name} ${error}`)
  }
}

/** An inbox of sends, named `s…`, whose commits the test decides on, and of other requests. */
function inboxOfSends() {
  const commits = new Map<string, TestSend>()
  const log: string[] = []
  const errors: unknown[] = []
  const send = (name: string): TestSend => {
    log.push(`begin ${name}`)
    const write = new TestSend(name, log)
    commits.set(name, write)
    return write
  }
  const inbox: Inbox<string> = new Inbox<string>(
    {
      handle: (name) => {
        if (name.startsWith('s')) return send(name)
        if (name.startsWith('late s')) return Promise.resolve().then(() => send(name))
        return ask(name)
      },
      onError: (error) => errors.push(error),
    },
    { pause: () => log.push('pause'), resume: () => log.push('resume') },
  )
  const ask = async (name: string) => {
    await inbox.settled()
    log.push(`ask ${name}`)
  }
  const said = async (line: string) => until(line, () => log.includes(line))
  return { inbox, log, errors, commits, said }
}

test('a send begins before those ahead of it are committed', () => {
  const { inbox, log } = inboxOfSends()
  for (const name of ['s1', 's2', 's3']) inbox.push(name)
  assert.deepEqual(log, ['begin s1', 'begin s2', 'begin s3'])
})

test('a send that takes time to begin keeps its place', async () => {
  const { inbox, log, said } = inboxOfSends()
  for (const name of ['late s1', 's2']) inbox.push(name)
  await said('begin s2')
  assert.deepEqual(log, ['begin late s1', 'begin s2'])
})

test('sends are answered in their order, whichever is settled first, the refused too', async () => {
  const { inbox, log, commits, said } = inboxOfSends()
  for (const name of ['s1', 's2', 's3']) inbox.push(name)
  commits.get('s3')?.commit('three')
  commits.get('s2')?.refuse('no')
  commits.get('s1')?.commit('one')
  await said('answer s3 three')
  assert.deepEqual(log.slice(3), ['answer s1 one', 'refuse s2 no', 'answer s3 three'])
})

test('a request that is no send waits for the sends before it, and the sends after it wait for the request', async () => {
  const { inbox, log, commits, said } = inboxOfSends()
  for (const name of ['s1', 's2', 'read', 's3']) inbox.push(name)
  commits.get('s2')?.commit('two')
  await Promise.resolve()
  assert.deepEqual(log, ['begin s1', 'begin s2'])
  commits.get('s1')?.commit('one')
  await said('begin s3')
  assert.deepEqual(log.slice(2), ['answer s1 one', 'answer s2 two', 'ask read', 'begin s3'])
})

test('64 sends are in flight at most, while the socket is not read', async () => {
  const { inbox, log, commits, said } = inboxOfSends()
  for (let n = 0; n < 70; n++) inbox.push(`s${n}`)
  assert.equal(commits.size, 64)
  assert.equal(log.filter((line) => line === 'pause').length, 1)
  commits.get('s0')?.commit('')
  await said('begin s64')
  assert.equal(commits.size, 65)
  for (let n = 1; n < 70; n++) {
    await said(`begin s${n}`)
    commits.get(`s${n}`)?.commit('')
  }
  await said('answer s69 ')
  assert.equal(log.filter((line) => line === 'resume').length, 1)
})

test('the bytes of sends in flight are counted until they are answered', async () => {
  const { inbox, log, commits, said } = inboxOfSends()
  for (let n = 0; n < 3; n++) inbox.push(`s${n}${'x'.repeat(100_000)}`)
  assert.ok(log.includes('pause'))
  assert.ok(inbox.heldBytes > 300_000)
  for (const [, commit] of commits) commit.commit('')
  await said('resume')
  assert.equal(inbox.heldBytes, 0)
})

test('a connection that ends keeps count of the sends that are still in flight', async () => {
  const { inbox, commits, said } = inboxOfSends()
  for (const name of ['s1', 'read', 's2']) inbox.push(name)
  inbox.clear()
  commits.get('s1')?.commit('one')
  await said('answer s1 one')
  await said('ask read')
  assert.equal(inbox.heldBytes, 0)
})

test('an answer that fails stops none of those after it', async () => {
  const { inbox, errors, commits, said } = inboxOfSends()
  for (const name of ['sBad', 's2']) inbox.push(name)
  commits.get('sBad')?.commit('')
  commits.get('s2')?.commit('two')
  await said('answer s2 two')
  assert.match(String(errors), /a bug/)
})
