// Two people chat, live through pusher-js. Run it beside a server: npx node examples/channels/first-conversation.ts
import pusherJs from 'pusher-js'

// In Node the module is the class, whatever its types say.
const Pusher = pusherJs as unknown as typeof pusherJs.default
const { hostname, port, origin: url } = new URL(process.env.PARLANCE_URL ?? 'http://127.0.0.1:8000')
type Answer = { auth: string; channel_name: string; data: { id: number; token: string } }

async function call(path: string, body: object, token = ''): Promise<Answer> {
  const credential: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
  const headers = { 'content-type': 'application/json', ...credential }
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
  return response.json() as Promise<Answer>
}

async function register(name: string) {
  const credentials = { username: `${name}-${Date.now()}`, password: 'correct horse battery staple' }
  await call('/api/register', credentials)
  const { id, token } = (await call('/api/login', credentials)).data
  return { id, token, notifications: `private-notification_user_${id}` }
}

const [ann, bob] = [await register('ann'), await register('bob')]
// The start-up log shows the key, and every signature begins with it.
const { auth } = await call(
  '/api/pusher/auth',
  { socket_id: '1.1', channel_name: bob.notifications },
  bob.token,
)
const live = new Pusher(auth.split(':')[0] ?? '', {
  ...{ cluster: 'none', wsHost: hostname, wsPort: Number(port || 80), forceTLS: false },
  enabledTransports: ['ws'],
  channelAuthorization: {
    ...{ endpoint: `${url}/api/pusher/auth`, transport: 'ajax' },
    headers: { Authorization: `Bearer ${bob.token}` },
  },
})
const subscribe = (name: string) =>
  new Promise((resolve) => live.subscribe(name).bind('pusher:subscription_succeeded', resolve))
const hears = (name: string, event: string) =>
  new Promise((resolve) => live.channel(name).bind(event, resolve))

await subscribe(bob.notifications)
const invitation = hears(bob.notifications, 'new_chat')
const pair = { from_user: ann.id, to_user: bob.id }
const { channel_name: channel } = await call('/api/request_chat', pair, ann.token)
console.log('Bob hears new_chat', await invitation)

await subscribe(channel)
const message = hears(channel, 'new_message')
await call('/api/send_message', { ...pair, message: 'Hello, Bob!', channel }, ann.token)
console.log('Bob hears new_message', await message)
live.disconnect()
