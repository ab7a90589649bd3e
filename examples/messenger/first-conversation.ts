// Two people write to each other over REST. Run it beside a server: npx node examples/messenger/first-conversation.ts
const url = process.env.PARLANCE_URL ?? 'http://127.0.0.1:8000'
type Answer = { access_token: string; id: number; participants: object[]; messages: object[] }

async function call(method: string, path: string, { token = '', body }: { token?: string; body?: object }) {
  const credential: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
  const headers = { 'content-type': 'application/json', ...credential }
  const response = await fetch(url + path, { method, headers, body: body ? JSON.stringify(body) : null })
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
  return response.json() as Promise<Answer>
}

async function register(name: string) {
  const username = `${name}-${Date.now()}`
  const body = { username, email: `${username}@example.org`, password: 'correct horse battery staple' }
  const { access_token: token } = await call('POST', '/register', { body })
  return { token, id: (await call('GET', '/user/me', { token })).id }
}

const [ann, bob] = [await register('ann'), await register('bob')]
const chat = await call('POST', '/chat/private/create', { token: ann.token, body: { with_user_id: bob.id } })
console.log('Ann opened a chat with', chat.participants)
await call('POST', `/chat/${chat.id}/message`, { token: ann.token, body: { contents: 'Hello, Bob!' } })
await call('POST', `/chat/${chat.id}/message`, { token: bob.token, body: { contents: 'Hello, Ann!' } })
const { messages } = await call('GET', `/chat/${chat.id}/messages`, { token: bob.token })
console.log('Bob reads the history:', messages)
