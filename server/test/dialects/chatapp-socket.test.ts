import assert from 'node:assert/strict'
import { once } from 'node:events'
import { suite, test } from 'node:test'
import { createSigner } from 'fast-jwt'
import { failure, success, uniqueName } from '../support/chatapp.ts'
import { until } from '../support/until.ts'
import { nowSeconds, ORIGIN, openWorld, type User } from './chatapp-world.ts'

const { server, http } = await openWorld()

suite('chatapp handshake', () => {
  const closeOf = (headers: Readonly<Record<string, string>>) => http.open(headers).closed

  test('without a cookie: closed with 1000 login-token required', async () => {
    assert.deepEqual(await closeOf({}), { code: 1000, reason: 'login-token required' })
  })

  test('with another server’s token: closed with 1000 invalid login-token', async () => {
    for (const token of ['', 'x', 'a.b.c', createSigner({ key: 'another secret' })({ username: 'u' })]) {
      const cookie = `login-token=${token}`
      assert.deepEqual(await closeOf({ cookie }), { code: 1000, reason: 'invalid login-token' })
      assert.equal(
        (await http.call('GET', '/auth/verify', { headers: { cookie } })).text,
        'invalid login-token',
      )
    }
  })

  test('a plain GET answers 400', async () => {
    const { status, headers } = await http.call('GET', '/ws')
    assert.equal(status, 400)
    assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
  })

  test('its own origin, an allowed one and none pass; a foreign one is 403 before the upgrade', async () => {
    const cookie = await http.login(await http.register('gus'))
    for (const origin of [server.url, ORIGIN]) {
      const client = http.open({ cookie, origin })
      await client.settle()
      await client.close()
    }
    for (const origin of [
      'http://evil.test',
      'null',
      `${server.url}.evil.test`,
      `${ORIGIN}, ${server.url}`,
    ]) {
      const client = http.open({ cookie, origin })
      const [, response] = await once(client.ws, 'unexpected-response')
      let body = ''
      for await (const piece of response) body += piece
      assert.equal(response.statusCode, 403, origin)
      assert.ok(body.startsWith(`Pages of "${origin}" may not connect`), body)
    }
  })
})

suite('chatapp events', () => {
  test('a text that is no JSON object is answered as an invalid json event', async () => {
    const ann = await http.join('ann')
    for (const text of ['', '{', 'null', '1', '"ping"', '[]', '[{"type":"ping"}]']) {
      await ann.send(text)
      assert.deepEqual(await ann.next('root'), failure('root', 'invalid json event'), text)
    }
  })

  test('a missing or unknown type is refused in words', async () => {
    const ann = await http.join('ann')
    for (const event of [{}, { type: 'nonsense' }, { type: 1 }, { type: ['ping'] }, { type: '__proto__' }]) {
      await ann.send(event)
      assert.deepEqual(await ann.next('root'), failure('root', 'no type field found in the event'))
    }
  })

  test('binary frames are ignored', async () => {
    const ann = await http.join('ann')
    ann.ws.send(Buffer.from('{"type":"ping"}'))
    assert.deepEqual(await ann.settle(), [])
  })

  test('frames of one connection are answered strictly in order', async () => {
    const ann = await http.join('ann')
    const types = ['self', 'get_contacts', 'nonsense', 'create_conversation', 'get_conversations', 'ping']
    for (const type of types) await ann.send({ type, members: [] })
    await until('six answers', () => ann.frames.length === 6)
    const answered = ann.frames.map(({ type }) => type)
    assert.deepEqual(
      answered,
      types.map((type) => (type === 'nonsense' ? 'root' : type)),
    )
  })

  test('self describes the account, online', async () => {
    const ann = await http.join('ann')
    const user = await ann.data<User>({ type: 'self' })
    assert.deepEqual(Object.keys(user), ['username', 'fullname', 'is_online', 'last_online', 'created_at'])
    assert.deepEqual([user.username, user.fullname, user.is_online], [ann.username, 'The ann', true])
    for (const time of [user.last_online, user.created_at]) {
      assert.ok(Number.isInteger(time) && Math.abs(time - nowSeconds()) <= 5)
    }
  })
})

suite('chatapp contacts', () => {
  test('a contact must be a string, another, known and new', async () => {
    const ann = await http.join('ann')
    const bob = await http.register('bob')
    const add = (contact_username: unknown) => ann.ask({ type: 'add_contact', contact_username })
    const refused = (error: string) => failure('add_contact', error)
    const unexpected = refused('invalid contact_username, expected a string')
    assert.deepEqual(await ann.ask({ type: 'add_contact' }), unexpected)
    for (const value of [null, 1, ['x'], { $ne: 1 }]) assert.deepEqual(await add(value), unexpected)
    for (const name of [ann.username, ann.username.toUpperCase()]) {
      assert.deepEqual(await add(name), refused('cannot add itself as a contact'))
    }
    for (const name of ['', uniqueName('nobody'), '\ud800', `${bob}\0`]) {
      assert.deepEqual(await add(name), refused(`no such user '${name}' exists`))
    }
    const { success: isAdded, data } = await add(bob)
    const { message, contact } = data as { message: string; contact: User }
    assert.deepEqual([isAdded, message], [true, `'${bob}' successfully added`])
    assert.deepEqual(Object.keys(contact), ['username', 'fullname', 'is_online', 'last_online', 'created_at'])
    assert.deepEqual([contact.username, contact.fullname, contact.is_online], [bob, 'The bob', false])
    assert.deepEqual(await add(bob), refused(`'${bob}' is already a contact`))
  })

  test('contacts are mutual and listed in the order added', async () => {
    const [ann, bob, cat] = [await http.join('ann'), await http.join('bob'), await http.join('cat')]
    await ann.data({ type: 'add_contact', contact_username: cat.username })
    await bob.data({ type: 'add_contact', contact_username: ann.username })
    const listed = (...contacts: readonly string[]) =>
      success('get_contacts', { message: 'got all the contacts', contacts })
    assert.deepEqual(await ann.ask({ type: 'get_contacts' }), listed(cat.username, bob.username))
    assert.deepEqual(await bob.ask({ type: 'get_contacts' }), listed(ann.username))
    const again = await cat.ask({ type: 'add_contact', contact_username: ann.username })
    assert.equal(again.error, `'${ann.username}' is already a contact`)
  })

  test('contacts hear of the first connect and the last disconnect only, and never of themselves', async () => {
    const bob = await http.join('bob')
    const ann = await http.register('ann')
    await bob.data({ type: 'add_contact', contact_username: ann })
    const cookie = await http.login(ann)
    const [phone, tab] = [await http.connect(ann, cookie), await http.connect(ann, cookie)]
    const status = (is_online: boolean) => success('user_status', { username: ann, is_online })
    assert.deepEqual(await bob.settle(), [status(true)])
    await phone.close()
    assert.deepEqual(await tab.settle(), [])
    assert.deepEqual(await bob.settle(), [status(true)])
    await tab.close()
    await until('both', () => bob.frames.length === 2)
    assert.deepEqual(bob.frames, [status(true), status(false)])
  })
})
