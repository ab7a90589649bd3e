import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it, test } from 'node:test'
import { NativeHttp, unique } from '../support/native-http.ts'
import { startParlance, target } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'

const { url, close } = await target()
after(() => close())

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

test('the server tells anybody what it is', async () => {
  const { epoch, ...told } = await new NativeHttp(url).ok('getServer')
  assert.match(epoch, /^[\da-f-]{36}$/)
  assert.deepEqual(told, {
    name: 'Parlance',
    version,
    featureLevel: 7,
    limits: {
      maxMessageBytes: 8192,
      maxPage: 200,
      maxFrameBytes: 131_072,
      maxFileBytes: 104_857_600,
      maxAttachments: 10,
      retentionDays: null,
    },
    auth: { password: true, register: true, oidc: false },
    dialects: ['rooms', 'chatapp', 'groups', 'messenger', 'channels', 'native'],
  })
})

test('the epoch stays while the database does', async (t) => {
  const epochOf = async (settings: Readonly<Record<string, string>>) => {
    await using server = await startedFor(settings)
    return (await new NativeHttp(server.url).ok('getServer')).epoch
  }
  const settings = { DBPATH: join(await tempDir(t), 'chat.db'), PARLANCE_DIALECTS: 'native' }
  const first = await epochOf(settings)
  assert.equal(await epochOf(settings), first)
  assert.notEqual(await epochOf({ ...settings, DBPATH: join(await tempDir(t), 'chat.db') }), first)
})

async function startedFor(settings: Readonly<Record<string, string>>) {
  const server = await startParlance(settings)
  return { url: server.url, [Symbol.asyncDispose]: () => server.close() }
}

describe('a request with an Idempotency-Key', () => {
  const key = (name: string) => ({ 'idempotency-key': name })

  it('creates a conversation once, and answers the same as often as it comes', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const body = { kind: 'group' as const, members: [bob.id], name: 'Once' }
    const first = await ann.done('createConversation', { body, headers: key('one') })
    // The order of fields is the writer's own affair.
    const again = { name: 'Once', members: [bob.id], kind: 'group' as const }
    const second = await ann.done('createConversation', { body: again, headers: key('one') })
    assert.deepEqual([second.status, second.body], [201, first.body])
    assert.equal(second.headers.get('location'), first.headers.get('location'))
    assert.equal((await bob.ok('listConversations')).items.length, 1)
    await ann.ok('createConversation', { body, headers: key('two') })
    assert.equal((await bob.ok('listConversations')).items.length, 2)
  })

  it('makes an invite once, and tells its code again', async () => {
    const [ann] = await NativeHttp.people(url, 'ann')
    const params = { c: (await ann.group()).id }
    const first = await ann.ok('createInvite', { params, body: {}, headers: key('one') })
    assert.deepEqual(await ann.ok('createInvite', { params, body: {}, headers: key('one') }), first)
    assert.equal((await ann.ok('listInvites', { params })).items.length, 1)
  })

  it('is refused where the key was used for another request, but not where another account did', async () => {
    const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
    const name = unique('once')
    const body = { kind: 'open', name } as const
    const { id: c } = await ann.ok('createConversation', { body, headers: key('one') })
    const other = { ...body, topic: 'else' }
    const chat = { kind: 'private' as const, with: bob.id }
    const headers = key('one')
    assert.deepEqual(
      [
        await ann.refusal('createConversation', { body: other, headers }),
        await ann.refusal('createConversation', { body: chat, headers }),
        await ann.refusal('createInvite', { params: { c }, body: {}, headers }),
      ],
      Array(3).fill('409 idempotency_key_reused'),
    )
    assert.equal(
      await bob.refusal('createConversation', { body, headers: key('one') }),
      '409 conversation_name_taken',
    )
  })

  it('is refused for now while the first of that key is running', async () => {
    const [ann] = await NativeHttp.people(url, 'ann')
    const body = { kind: 'open', name: unique('at-once') } as const
    const asked = Array.from({ length: 8 }, () =>
      ann.attempt('createConversation', { body, headers: key('many') }),
    )
    const answers = await Promise.all(asked)
    const created = answers.filter(({ status }) => status === 201)
    const others = answers.filter(({ status }) => status !== 201)
    assert.ok(created.length > 0)
    for (const { body: problem } of others) {
      const { code, retryable } = problem as { code: string; retryable: boolean }
      assert.deepEqual([code, retryable], ['idempotency_key_in_use', true])
    }
    assert.equal((await ann.ok('listConversations')).items.length, 1)
  })

  it('is refused a key that is none', async () => {
    const [ann] = await NativeHttp.people(url, 'ann')
    const body = { kind: 'group' as const, members: [] }
    for (const name of ['x'.repeat(256), 'with blank'])
      assert.equal(
        await ann.refusal('createConversation', { body, headers: key(name) }),
        '400 invalid_request',
      )
  })
})
