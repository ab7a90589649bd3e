import { randomUUID } from 'node:crypto'

// Two people write to each other over REST. Run it beside a server: npx node examples/native/first-conversation.ts
const url = process.env.PARLANCE_URL ?? 'http://127.0.0.1:8000'
type Answer = { session: { token: string }; account: { id: string }; id: string; items: Message[] }
type Message = { seq: number; sender: { username: string }; body: string }

async function call(method: string, path: string, { token = '', body }: { token?: string; body?: object }) {
  const credential: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
  const headers = body ? { 'content-type': 'application/json', ...credential } : credential
  const response = await fetch(url + path, { method, headers, body: body ? JSON.stringify(body) : null })
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
  return response.json() as Promise<Answer>
}

async function register(name: string) {
  const body = { username: `${name}-${Date.now()}`, password: 'correct horse battery staple' }
  const { session, account } = await call('POST', '/v1/accounts', { body })
  return { token: session.token, id: account.id }
}

const [ann, bob] = [await register('ann'), await register('bob')]
const wanted = { kind: 'private', with: bob.id }
const { id } = await call('POST', '/v1/conversations', { token: ann.token, body: wanted })
// A send is safe to repeat: the same clientId answers the first message, and stores no second one.
const say = ({ token }: { token: string }, body: string) =>
  call('POST', `/v1/conversations/${id}/messages`, { token, body: { clientId: randomUUID(), body } })
await say(ann, 'Hello, Bob!')
await say(bob, 'Hello, Ann!')
const { items } = await call('GET', `/v1/conversations/${id}/messages`, { token: bob.token })
for (const { seq, sender, body } of items) console.log(`${seq}. ${sender.username}: ${body}`)
