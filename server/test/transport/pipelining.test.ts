import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Inbox, type PendingWrite } from '../../src/transport/index.ts'
import { until } from '../support/until.ts'

/** An inbox of sends, named `s…`, whose commits the test decides on, and of other requests. */
function inboxOfSends() {
  const commits = new Map<string, PromiseWithResolvers<string>>()
  const log: string[] = []
  const errors: unknown[] = []
  const send = (name: string): PendingWrite<string> => {
    log.push(`begin ${name}`)
    const commit = Promise.withResolvers<string>()
    commits.set(name, commit)
    return {
      committed: commit.promise,
      onCommitted: (value) => {
        log.push(`answer ${name} ${value}`)
        if (name === 'sBad') throw new Error('a bug')
      },
      onRefused: (error) => log.push(`refuse ${name} ${error}`),
    }
  }
  const inbox: Inbox<string> = new Inbox<string>({
    handle: (name) => {
      if (name.startsWith('s')) return send(name)
      if (name.startsWith('late s')) return Promise.resolve().then(() => send(name))
      return ask(name)
    },
    sizeOf: (name) => name.length,
    pause: () => log.push('pause'),
    resume: () => log.push('resume'),
    onError: (error) => errors.push(error),
  })
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
  commits.get('s3')?.resolve('three')
  commits.get('s2')?.reject('no')
  commits.get('s1')?.resolve('one')
  await said('answer s3 three')
  assert.deepEqual(log.slice(3), ['answer s1 one', 'refuse s2 no', 'answer s3 three'])
})

test('a request that is no send waits for the sends before it, and the sends after it wait for the request', async () => {
  const { inbox, log, commits, said } = inboxOfSends()
  for (const name of ['s1', 's2', 'read', 's3']) inbox.push(name)
  commits.get('s2')?.resolve('two')
  await Promise.resolve()
  assert.deepEqual(log, ['begin s1', 'begin s2'])
  commits.get('s1')?.resolve('one')
  await said('begin s3')
  assert.deepEqual(log.slice(2), ['answer s1 one', 'answer s2 two', 'ask read', 'begin s3'])
})

test('64 sends are in flight at most, while the socket is not read', async () => {
  const { inbox, log, commits, said } = inboxOfSends()
  for (let n = 0; n < 70; n++) inbox.push(`s${n}`)
  assert.equal(commits.size, 64)
  assert.equal(log.filter((line) => line === 'pause').length, 1)
  commits.get('s0')?.resolve('')
  await said('begin s64')
  assert.equal(commits.size, 65)
  for (let n = 1; n < 70; n++) {
    await said(`begin s${n}`)
    commits.get(`s${n}`)?.resolve('')
  }
  await said('answer s69 ')
  assert.equal(log.filter((line) => line === 'resume').length, 1)
})

test('the bytes of sends in flight are counted until they are answered', async () => {
  const { inbox, log, commits, said } = inboxOfSends()
  for (let n = 0; n < 3; n++) inbox.push(`s${n}${'x'.repeat(100_000)}`)
  assert.ok(log.includes('pause'))
  assert.ok(inbox.heldBytes > 300_000)
  for (const [, commit] of commits) commit.resolve('')
  await said('resume')
  assert.equal(inbox.heldBytes, 0)
})

test('a connection that ends keeps count of the sends that are still in flight', async () => {
  const { inbox, commits, said } = inboxOfSends()
  for (const name of ['s1', 'read', 's2']) inbox.push(name)
  inbox.clear()
  commits.get('s1')?.resolve('one')
  await said('answer s1 one')
  await said('ask read')
  assert.equal(inbox.heldBytes, 0)
})

test('an answer that fails stops none of those after it', async () => {
  const { inbox, errors, commits, said } = inboxOfSends()
  for (const name of ['sBad', 's2']) inbox.push(name)
  commits.get('sBad')?.resolve('')
  commits.get('s2')?.resolve('two')
  await said('answer s2 two')
  assert.match(String(errors), /a bug/)
})
