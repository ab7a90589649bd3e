import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AccountId, toConversationId, toMessageId } from '../../src/core/chat.ts'
import { type ChatappClient, ChatappHttp, failure, success, uniqueName } from '../support/chatapp.ts'
import { describeOwn, ownOf } from '../support/own.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'
import { groupOf, listed, messagesOf, openWorld, SECRET, send } from './chatapp-world.ts'

const { server, http } = await openWorld()
const own = () => ownOf(server)

// The tests act for other dialects and for the operator through the core of the server in this process.
describeOwn('chatapp among other dialects', () => {
  async function accountOf({ username }: { username: string }) {
    return (await own().chat.accounts.findByUsername(username)) ?? assert.fail(username)
  }

  const idOf = async (client: ChatappClient): Promise<AccountId> => (await accountOf(client)).accountId

  test('a message of another dialect arrives as the very same frame', async () => {
    const [ann, bob] = [await http.join('ann'), await http.join('bob')]
    const { id } = await groupOf(ann, bob)
    const { chat } = own()
    const sender = await accountOf(ann)
    const standing = await chat.conversations.standing(sender.accountId, toConversationId(id))
    const message = await chat.messages.send(sender, standing ?? assert.fail(), { body: 'from afar' })
    const data = {
      id: message.messageId,
      sender_username: ann.username,
      conversation_id: id,
      reply_id: null,
      content: 'from afar',
      sent_at: Math.floor(message.sentAt / 1e6),
    }
    for (const client of [ann, bob]) assert.deepEqual(await client.settle(), [success('send_message', data)])
  })

  test('a private conversation of another dialect bears the other’s name to each', async () => {
    const [ann, bob] = [await http.join('ann'), await http.join('bob')]
    const { conversation } = await own().chat.conversations.openPrivate(await idOf(ann), await idOf(bob))
    const id = conversation.conversationId
    const members = [ann.username, bob.username]
    for (const [client, name] of [
      [ann, bob.username],
      [bob, ann.username],
    ] as const) {
      assert.deepEqual(await client.settle(), [success('create_conversation', { id, name, members })])
      client.frames.length = 0
      assert.deepEqual(await client.data({ type: 'get_conversations' }), [{ id, name }])
      assert.deepEqual(await client.data({ type: 'get_conversation_info', id }), { id, name, members })
    }
    const sent = await send(ann, id, 'psst')
    assert.deepEqual(await bob.next('send_message'), success('send_message', sent))
  })

  test('a group of another dialect is announced; without a name it bears its gid', async () => {
    const [ann, bob] = [await http.join('ann'), await http.join('bob')]
    const { conversation } = await own().chat.conversations.createGroup(
      await idOf(ann),
      [await idOf(bob)],
      null,
    )
    const data = {
      id: conversation.conversationId,
      name: conversation.gid,
      members: [ann.username, bob.username],
    }
    assert.deepEqual(await bob.settle(), [success('create_conversation', data)])
  })

  test('a person who enters an open conversation elsewhere hears it here, until they leave', async () => {
    const [ann, bob] = [await http.join('ann'), await http.join('bob')]
    const { chat } = own()
    const { conversation } = await chat.conversations.createOpen(await idOf(ann), null)
    const id = conversation.conversationId
    await chat.conversations.enter(await accountOf(bob), conversation)
    const sent = await send(ann, id, 'welcome')
    assert.deepEqual(await bob.settle(), [success('send_message', sent)])
    await chat.conversations.leave(await idOf(bob), conversation)
    bob.frames.length = 0
    await send(ann, id, 'gone?')
    assert.deepEqual(await bob.settle(), [])
    const refused = await bob.ask({ type: 'send_message', conversation_id: id, content: 'no' })
    assert.equal(refused.error, `${bob.username} not part of conversation with ${id} id`)
  })

  test('deleted messages are neither listed nor replied to', async () => {
    const ann = await http.join('ann')
    const { id } = await groupOf(ann)
    const [kept, deleted] = [await send(ann, id, 'kept'), await send(ann, id, 'deleted')]
    const reply = await send(ann, id, 'reply', { reply_id: deleted.id })
    await own().chat.messages.delete(await idOf(ann), toMessageId(deleted.id))
    assert.deepEqual(await messagesOf(ann, id), [listed(reply), listed(kept)])
    const refused = await ann.ask({
      type: 'send_message',
      conversation_id: id,
      content: 'late',
      reply_id: deleted.id,
    })
    assert.equal(refused.error, `No such ${deleted.id} message id found in ${id} conversation_id`)
  })

  test('the blocker is nobody to the blocked, and cannot be written to', async () => {
    const [ann, bob] = [await http.join('ann'), await http.join('bob')]
    const { chat } = own()
    const { conversation } = await chat.conversations.openPrivate(await idOf(ann), await idOf(bob))
    await chat.contacts.block(await idOf(bob), await idOf(ann))
    const add = await ann.ask({ type: 'add_contact', contact_username: bob.username })
    assert.equal(add.error, `no such user '${bob.username}' exists`)
    ann.frames.length = 0
    const create = await ann.ask({ type: 'create_conversation', members: [bob.username] })
    assert.equal(create.error, `'${bob.username}' is not a valid username`)
    const refused = await ann.ask({
      type: 'send_message',
      conversation_id: conversation.conversationId,
      content: 'please',
    })
    assert.deepEqual(refused, failure('send_message', 'message can not be delivered'))
  })

  test('a guest is not a valid user', async () => {
    const ann = await http.join('ann')
    const { username } = await own().chat.accounts.admitGuest(uniqueName('guest'))
    const add = await ann.ask({ type: 'add_contact', contact_username: username })
    assert.equal(add.error, `no such user '${username}' exists`)
    const create = await ann.ask({ type: 'create_conversation', members: [username] })
    assert.equal(create.error, `'${username}' is not a valid username`)
  })

  test('a revoked account’s connections are closed, its tokens void, a new login is good', async () => {
    const ann = await http.join('ann')
    const cookie = await http.login(ann.username)
    const tab = await http.connect(ann.username, cookie)
    await own().chat.credentials.revoke(await idOf(ann))
    for (const client of [ann, tab]) {
      assert.deepEqual(await client.closed, { code: 1000, reason: 'invalid login-token' })
    }
    assert.deepEqual(await http.open({ cookie }).closed, { code: 1000, reason: 'invalid login-token' })
    assert.equal((await http.call('GET', '/auth/verify', { headers: { cookie } })).status, 401)
    const fresh = await until('a login in a later second', async () => {
      const headers = { cookie: await http.login(ann.username) }
      return (await http.call('GET', '/auth/verify', { headers })).status === 200 ? headers.cookie : undefined
    })
    await http.connect(ann.username, fresh)
  })

  test('a disabled account is gone', async () => {
    const ann = await http.join('ann')
    const cookie = await http.login(ann.username)
    await own().chat.credentials.disable(await idOf(ann))
    const gone = { code: 1000, reason: `'${ann.username}' doesn't exists` }
    assert.deepEqual(await ann.closed, gone)
    assert.deepEqual(await http.open({ cookie }).closed, gone)
    const { status, text } = await http.call('GET', '/auth/verify', { headers: { cookie } })
    assert.deepEqual([status, text], [401, 'invalid login-token'])
    const login = await http.post('/auth/login', { username: ann.username, password: 'correct horse' })
    assert.equal(login.status, 401)
  })

  test('nobody stays online when the last connection ends', async () => {
    const ann = await http.join('ann')
    const accountId = await idOf(ann)
    assert.equal(await own().chat.presence.isOnline(accountId), true)
    ann.ws.terminate()
    await until('the end', async () => !(await own().chat.presence.isOnline(accountId)))
  })
})

describeOwn('chatapp limits and farewell', () => {
  test('too many requests are told under the event’s type, and over HTTP with Retry-After', async () => {
    const limited = await startParlance({ JWTSECRET: SECRET, PARLANCE_RATE_LIMITS: 'on' })
    try {
      const client = new ChatappHttp(limited.url)
      const ann = await client.join('ann')
      for (let i = 0; i < 1_100; i++) await ann.send({ type: 'send_message' })
      const refused = await until('a refusal', () =>
        ann.frames.find(({ error }) => /too many/.test(error ?? '')),
      )
      assert.deepEqual(refused, failure('send_message', 'too many requests'))
      await ann.settle()

      const wrong = { username: ann.username, password: 'wrong' }
      const answers = await Promise.all(Array.from({ length: 22 }, () => client.post('/auth/login', wrong)))
      assert.ok(answers.every(({ status }) => status === 401 || status === 429))
      const { status, text, headers } = await client.post('/auth/login', wrong)
      assert.deepEqual([status, text], [429, 'too many requests'])
      assert.ok(Number(headers.get('retry-after')) >= 1)
    } finally {
      await limited.close()
    }
  })

  test('a server that closes says so, and nobody stays online', async () => {
    const closing = await startParlance({ JWTSECRET: SECRET })
    const ann = await new ChatappHttp(closing.url).join('ann')
    await closing.close()
    assert.equal((await ann.closed).code, 1001)
  })

  test('a cookie for cross-site front ends says SameSite=None', async () => {
    const crossSite = await startParlance({ CHATAPP_COOKIE_SAMESITE: 'none' })
    try {
      const client = new ChatappHttp(crossSite.url)
      const username = await client.register('ann')
      const { headers } = await client.post('/auth/login', { username, password: 'correct horse' })
      assert.match(headers.get('set-cookie') ?? '', /; Secure; SameSite=None$/)
    } finally {
      await crossSite.close()
    }
  })

  test('on a port of its own an unknown path is answered in its words', async () => {
    const dedicated = await startParlance({ PARLANCE_PORTS: 'chatapp:0' })
    try {
      const client = new ChatappHttp(`http://${dedicated.host}:${dedicated.dedicatedPorts.get('chatapp')}`)
      const { status, text } = await client.call('GET', '/nowhere')
      assert.deepEqual([status, text], [404, '404: Not Found'])
      const register = await client.post('/register', { login: 'x', email: 'y' })
      assert.deepEqual([register.status, register.text], [400, 'username required'])
      await client.join('ann')
    } finally {
      await dedicated.close()
    }
  })
})
