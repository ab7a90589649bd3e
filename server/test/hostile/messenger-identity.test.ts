import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { type MessagePage, MessengerClient, openPrivate, say, signUp } from '../dialects/messenger-client.ts'
import { deep } from '../support/deep.ts'
import { target } from '../support/server.ts'

const server = await target()
const { url } = server
after(() => server.close())
const [ann, bob] = await Promise.all([signUp(url, 'ann'), signUp(url, 'bob')])
const chat = await openPrivate(ann, bob)

describe('the server', () => {
  it('answers any Authorization header as a stranger’s', async () => {
    const token = ann.client.token ?? ''
    const [head = '', payload = '', signature = ''] = token.split('.')
    const part = fc.oneof(
      fc.constantFrom(head, payload, signature, ''),
      fc.base64String({ maxLength: 60 }),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    )
    const header = fc.oneof(
      fc.tuple(part, part, part).map((parts) => `Bearer ${parts.join('.')}`),
      fc.stringMatching(/^[!-~][ -~]{0,80}$/),
    )
    await fc.assert(
      fc.asyncProperty(header, async (authorization) => {
        fc.pre(authorization.trim() !== `Bearer ${token}`)
        const { status } = await new MessengerClient(url).send('GET', '/user/me', {
          headers: { authorization },
        })
        assert.equal(status, 401)
      }),
      { numRuns: deep(150) },
    )
  })

  it('lets nobody speak, read or delete as someone else', async () => {
    const eve = await signUp(url, 'eve')
    const { id } = await say(ann, chat, 'private')
    const asAnn = { contents: 'I am Ann', author_id: ann.id, user_id: ann.id, sub: String(ann.id) }
    assert.equal((await eve.client.post(`/chat/${chat.id}/message`, asAnn)).status, 404)
    assert.equal((await eve.client.get(`/chat/${chat.id}/messages?user_id=${ann.id}`)).status, 404)
    assert.equal((await eve.client.call('DELETE', `/message/${id}`)).status, 404)
    assert.equal((await bob.client.call('DELETE', `/message/${id}`)).status, 403)
    const own = await bob.client.ok<{ author_id: number }>('POST', `/chat/${chat.id}/message`, asAnn)
    assert.equal(own.author_id, bob.id)
    const { messages } = await ann.client.ok<MessagePage>('GET', `/chat/${chat.id}/messages?limit=100`)
    assert.ok(messages.some((message) => message.id === id))
    assert.ok(messages.every(({ author_id }) => author_id !== eve.id))
  })

  it('knows nobody by an email that is someone’s username, nor the reverse', async () => {
    const eve = new MessengerClient(url)
    const claims = { username: ann.email, email: `eve@example.org`, password: 'p' }
    assert.equal((await eve.post('/register', claims)).status, 400)
    const { status } = await eve.post('/login', { usernameOrEmail: ann.email, password: bob.password })
    assert.equal(status, 400)
  })
})
