import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { toAccountId, toConversationId } from '../../src/core/chat.ts'
import { deriveKey } from '../../src/lib/derive-key.ts'
import { Tokens } from '../../src/lib/token.ts'
import { describeOwn, ownOf } from '../support/own.ts'
import { secretsOf, startParlance, type TestServer, target } from '../support/server.ts'
import { until } from '../support/until.ts'
import {
  CHAT_EXISTS,
  is,
  missing,
  NO_USER,
  NOT_AUTHORIZED,
  NOT_FOUND,
  ownError,
  participant,
  WRONG_METHOD,
} from './messenger-answers.ts'
import {
  type Answer,
  type Chat,
  type MessagePage,
  MessengerClient,
  openGroup,
  openPrivate,
  type Person,
  peopleAt,
  say,
  signUp,
  unique,
} from './messenger-client.ts'

const server = await target({ PARLANCE_PORTS: 'messenger:0' })
const { url } = server
const own = () => ownOf(server)
const anyone = new MessengerClient(url)
const people = peopleAt(url)
const idOf = ({ id }: Person) => toAccountId(id)
after(() => server.close())

describeOwn('the credential', async () => {
  const withHeader = (authorization: string) => anyone.send('GET', '/user/me', { headers: { authorization } })
  const { root: rootKey } = await secretsOf(own())
  const tokens = new Tokens(deriveKey(rootKey, 'messenger'))
  const inAnHour = Math.floor(Date.now() / 1000) + 3600
  const bearerOf = (claims: Record<string, unknown>, exp = inAnHour) => `Bearer ${tokens.issue(claims, exp)}`

  it('is refused when it is expired, of no account, or without a proper one', async () => {
    const { id } = await signUp(url, 'hal')
    assert.equal((await withHeader(bearerOf({ sub: String(id) }, inAnHour))).status, 200)
    is(await withHeader(bearerOf({ sub: String(id) }, inAnHour - 7200)), 401, NOT_AUTHORIZED)
    for (const sub of [
      id,
      String(2 ** 52),
      '0',
      '-1',
      '1e3',
      '9'.repeat(40),
      '',
      null,
      {},
      undefined,
      `${id} `,
    ])
      is(await withHeader(bearerOf({ sub })), 401, NOT_AUTHORIZED)
  })

  it('is refused once it has expired, though it was good before', async () => {
    const { id } = await signUp(url, 'han')
    const header = bearerOf({ sub: String(id) }, Math.floor(Date.now() / 1000) + 2)
    assert.equal((await withHeader(header)).status, 200)
    await until('its end', async () => (await withHeader(header)).status === 401)
  })

  it('is refused when another dialect signed it', async () => {
    const { id } = await signUp(url, 'ida')
    for (const dialect of ['channels', 'chatapp', 'native']) {
      const token = new Tokens(deriveKey(rootKey, dialect)).issue({ sub: String(id) }, inAnHour)
      is(await withHeader(`Bearer ${token}`), 401, NOT_AUTHORIZED)
    }
  })

  it('ends with a logout everywhere, and a later one is good', async () => {
    const { id, username, password, client } = await signUp(url, 'jon')
    await own().chat.credentials.revoke(toAccountId(id))
    is(await client.get('/user/me'), 401, NOT_AUTHORIZED)
    // A token of the very second of the revocation is refused as well.
    await until('a token of a later second', async () => {
      const body = { usernameOrEmail: username, password }
      const { access_token } = await anyone.ok<{ access_token: string }>('POST', '/login', body)
      return (await withHeader(`Bearer ${access_token}`)).status === 200
    })
    is(await client.get('/user/me'), 401, NOT_AUTHORIZED)
  })

  it('is refused for an account that is disabled, and so is its password', async () => {
    const { id, username, password, client } = await signUp(url, 'kit')
    await own().chat.credentials.disable(toAccountId(id))
    is(await client.get('/user/me'), 401, NOT_AUTHORIZED)
    assert.equal((await anyone.post('/login', { usernameOrEmail: username, password })).status, 400)
  })
})

describeOwn('a port of its own', () => {
  it('has errors of its own for any path and method', async () => {
    const { host, dedicatedPorts } = own()
    const alone = new MessengerClient(`http://${host}:${dedicatedPorts.get('messenger')}`)
    for (const path of ['/', '/nope', '/user', '/healthz', '/socket.io/', '/register/x'])
      is(await alone.get(path), 404, NOT_FOUND)
    for (const path of ['/register', '/login']) {
      const answer = await alone.get(path)
      is(answer, 405, WRONG_METHOD)
      assert.equal(answer.headers.get('allow'), 'POST')
      is(await alone.call('OPTIONS', path), 405, WRONG_METHOD)
    }
    const inBody = (field: string) => missing('body', field)
    is(await alone.post('/register', {}), 422, { detail: ['username', 'email', 'password'].map(inBody) })
    is(await alone.post('/login', {}), 422, { detail: ['usernameOrEmail', 'password'].map(inBody) })
  })
})

describeOwn('too much', () => {
  const tooMany = ownError(429, 'TOO_MANY_REQUESTS', 'Too many requests.')
  let strict: TestServer
  before(async () => {
    strict = await startParlance({ PARLANCE_RATE_LIMITS: 'on', PARLANCE_DIALECTS: 'messenger' })
  })
  after(() => strict.close())

  /** Asks in batches until one is refused for asking too much. */
  const refused = (what: string, ask: () => Promise<Answer<unknown>>, batch: number) =>
    until(
      what,
      async () => {
        const answers = await Promise.all(Array.from({ length: batch }, ask))
        return answers.find(({ status }) => status === 429)
      },
      20_000,
    )

  it('is refused to the one account, with the seconds to wait', async () => {
    const [ann, bob] = [await signUp(strict.url, 'ann'), await signUp(strict.url, 'bob')]
    const path = `/chat/${(await openPrivate(ann, bob)).id}/message`
    const answer = await refused('too many messages', () => ann.client.post(path, { contents: 'x' }), 250)
    is(answer, 429, tooMany)
    assert.equal(answer.headers.get('retry-after'), '1')
    assert.equal((await bob.client.post(path, { contents: 'x' })).status, 200)
  })

  it('guessing of one account’s password is, by whatever spelling of its name', async () => {
    const { username } = await signUp(strict.url, 'ann')
    const client = new MessengerClient(strict.url)
    const spellings = [username, username.toUpperCase(), `${username} `, `\u200b${username}`]
    let guesses = 0
    const guess = () =>
      client.post('/login', {
        usernameOrEmail: spellings[guesses++ % spellings.length],
        password: `guess ${guesses}`,
      })
    const answer = await refused('too many guesses', guess, 4)
    assert.ok(guesses < 2 * 20)
    is(answer, 429, tooMany)
    assert.match(answer.headers.get('retry-after') ?? '', /^[1-5]$/)
  })
})

describeOwn('conversations of other dialects', () => {
  const { accounts, conversations, messages } = own().chat

  it('a private chat exists, whoever opened it and wherever', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const { conversation } = await conversations.openPrivate(idOf(bob), idOf(ann))
    is(await ann.client.post('/chat/private/create', { with_user_id: bob.id }), 403, CHAT_EXISTS)
    const chat = await ann.client.ok<Chat>('GET', `/chat/${conversation.conversationId}`)
    assert.deepEqual([chat.type, chat.name], ['private', null])
    assert.deepEqual(chat.participants, [bob, ann].map(participant))
  })

  it('an open conversation is a group, by its name or else its gid, its creator first', async () => {
    const [ann, bob] = await people('ann', 'bob')
    for (const name of [unique('lobby'), null]) {
      const { conversation } = await conversations.createOpen(idOf(ann), name)
      const account = await accounts.find(idOf(bob))
      assert.ok(account)
      await conversations.enter(account, conversation)
      await conversations.leave(idOf(ann), conversation)
      await conversations.enter({ ...account, accountId: idOf(ann) }, conversation)
      const chat = await bob.client.ok<Chat>('GET', `/chat/${conversation.conversationId}`)
      assert.deepEqual([chat.type, chat.name], ['group', name ?? conversation.gid])
      assert.deepEqual(chat.participants, [ann, bob].map(participant))
      assert.notEqual(chat.updated_at, chat.created_at)
    }
  })

  it('a nameless group goes by its gid, because no name means a private chat', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const { conversation } = await conversations.createGroup(idOf(ann), [idOf(bob)], null)
    const chat = await bob.client.ok<Chat>('GET', `/chat/${conversation.conversationId}`)
    assert.deepEqual([chat.type, chat.name], ['group', conversation.gid])
  })

  it('a message sent there is in the history here', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const chat = await openPrivate(ann, bob)
    const standing = await conversations.standing(idOf(bob), toConversationId(chat.id))
    const sender = await accounts.find(idOf(bob))
    assert.ok(standing && sender)
    await messages.send(sender, standing, { body: 'from elsewhere' })
    const page = await ann.client.ok<MessagePage>('GET', `/chat/${chat.id}/messages`)
    assert.deepEqual(page.authors, [participant(bob)])
    assert.equal(page.messages[0]?.contents, 'from elsewhere')
  })

  it('an edit moves updated_at, and no poll by the last id brings it', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const chat = await openPrivate(ann, bob)
    const { id, created_at, updated_at } = await say(bob, chat, 'first')
    assert.equal(updated_at, created_at)
    const standing = await conversations.standing(idOf(bob), toConversationId(chat.id))
    const sender = await accounts.find(idOf(bob))
    assert.ok(standing && sender)
    await messages.edit(sender, standing, { seq: 1, body: 'first, edited' })
    const page = await ann.client.ok<MessagePage>('GET', `/chat/${chat.id}/messages`)
    const [edited] = page.messages
    assert.deepEqual([edited?.id, edited?.contents, edited?.created_at], [id, 'first, edited', created_at])
    assert.ok(edited && edited.updated_at > created_at)
    const polled = await ann.client.ok<MessagePage>('GET', `/chat/${chat.id}/messages?cursor=${id}`)
    assert.deepEqual(polled.messages, [])
  })

  it('a guest is no valid user, and its name is taken', async () => {
    const ann = await signUp(url, 'ann')
    const { accountId, username } = await accounts.admitGuest(unique('guest'))
    is(await ann.client.post('/chat/private/create', { with_user_id: accountId }), 400, NO_USER)
    is(await ann.client.post('/chat/group/create', { with_ids: [accountId], name: 'n' }), 400, NO_USER)
    const registration = { username, email: `${username}@example.org`, password: 'p' }
    const response = await fetch(`${url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(registration),
    })
    assert.equal(response.status, 400)
  })
})

describeOwn('the blocked', () => {
  const { contacts } = own().chat

  const block = (blocker: Person, blocked: Person) => contacts.block(idOf(blocker), idOf(blocked))

  it('cannot find the blocker, who can find them', async () => {
    const [ann, bob] = await people('ann', 'bob')
    await block(ann, bob)
    is(await bob.client.post('/chat/private/create', { with_user_id: ann.id }), 400, NO_USER)
    is(await bob.client.post('/chat/group/create', { with_ids: [ann.id], name: 'n' }), 400, NO_USER)
    await openGroup(ann, [bob], 'n')
  })

  it('cannot send into the private chat they have, nor tell that it exists', async () => {
    const [ann, bob] = await people('ann', 'bob')
    const chat = await openPrivate(bob, ann)
    await block(ann, bob)
    const refusal = ownError(403, 'MESSAGE_REFUSED', 'This message can not be delivered.')
    is(await bob.client.post(`/chat/${chat.id}/message`, { contents: 'hey' }), 403, refusal)
    is(await bob.client.post('/chat/private/create', { with_user_id: ann.id }), 400, NO_USER)
    await say(ann, chat, 'still mine')
    await contacts.unblock(idOf(ann), idOf(bob))
    await say(bob, chat, 'thanks')
  })
})
