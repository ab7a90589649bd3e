import type { Asked } from './frames.ts'
import type { DialectName, Place } from './pane-client.ts'
import type { Person } from './people.ts'

export interface SnippetParts {
  /** The server's origin. */
  readonly url: string
  readonly person: Person
  readonly other: Person
  readonly place: Place
  readonly pusherKey: string | null
}

type Snippet = (parts: SnippetParts) => string

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const json = (value: object): string => quoted(JSON.stringify(value))
const TYPE = "-H 'content-type: application/json'"
/** Takes a field of JSON out of what curl prints, with what every shell has. */
const field = (name: string): string => `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`

/** The very request of a frame. */
export const curlOf = ({ method, url, headers, body }: Asked): string =>
  [
    `curl -i ${method === 'GET' ? '' : `-X ${method} `}${quoted(url)}`,
    ...Object.entries(headers).map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`  -d ${quoted(body)}`]),
  ].join(' \\\n')

/** Logs in and says something, where the dialect can do that by requests alone. */
export const CURL: Readonly<Partial<Record<DialectName, Snippet>>> = {
  rooms: ({ url, person, place }) => `UUID=$(curl -s ${url}/login ${TYPE} \\
  -d ${json({ login: person.username, password: person.password })} | ${field('uuid')})
curl -s ${url}/send-message -H "user: $UUID" ${TYPE} \\
  -d ${json({ room_gid: place.gid, msg: 'Hello from curl, over rooms' })}
`,
  messenger: ({ url, person, place }) => `TOKEN=$(curl -s ${url}/login ${TYPE} \\
  -d ${json({ usernameOrEmail: person.username, password: person.password })} | ${field('access_token')})
curl -s ${url}/chat/${place.id}/message -H "authorization: Bearer $TOKEN" ${TYPE} \\
  -d ${json({ contents: 'Hello from curl, over messenger' })}
`,
  channels: ({ url, person, other, place }) => `TOKEN=$(curl -s ${url}/api/login ${TYPE} \\
  -d ${json({ username: person.username, password: person.password })} | ${field('token')})
FROM=${place.accounts[person.username]} TO=${place.accounts[other.username]}
CHANNEL=$(curl -s ${url}/api/request_chat -H "authorization: Bearer $TOKEN" ${TYPE} \\
  -d "{\\"from_user\\": $FROM, \\"to_user\\": $TO}" | ${field('channel_name')})
curl -s ${url}/api/send_message -H "authorization: Bearer $TOKEN" ${TYPE} \\
  -d "{\\"from_user\\": $FROM, \\"to_user\\": $TO, \\"channel\\": \\"$CHANNEL\\", \\"message\\": \\"Hello from curl, over channels\\"}"
`,
  native: ({ url, person, place }) => `TOKEN=$(curl -s ${url}/v1/sessions ${TYPE} \\
  -d ${json({ login: person.username, password: person.password, device: 'curl' })} | ${field('token')})
curl -s ${url}/v1/conversations/c_${place.id}/messages -H "authorization: Bearer $TOKEN" ${TYPE} \\
  -d "{\\"clientId\\": \\"curl-$(date +%s)-$$\\", \\"body\\": \\"Hello from curl, over native\\"}"
`,
}

const POST = `const post = async (path, body, headers = {}) =>
  (await fetch(URL + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })).json()
`
const said = (name: DialectName): string => JSON.stringify(`Hello from code, over ${name}`)

/** A whole program for Node: logs in, listens, says something, and ends when it has heard it. */
export const CODE: Readonly<Record<DialectName, Snippet>> = {
  rooms: ({ url, person, place }) => `// npm install socket.io-client
import { io } from 'socket.io-client'

const URL = ${JSON.stringify(url)}
${POST}
const { data } = await post('/login', ${JSON.stringify({ login: person.username, password: person.password })})
const room_gid = ${JSON.stringify(place.gid)}
const socket = io(URL, { transports: ['websocket'] })
socket.on('message', ({ sender, msg }) => {
  console.log(sender.username, msg.txt)
  if (msg.txt === ${said('rooms')}) socket.disconnect()
})
socket.emit('auth', JSON.stringify({ uuid: data.uuid, room_gid }), () =>
  post('/send-message', { room_gid, msg: ${said('rooms')} }, { user: data.uuid }),
)
`,
  chatapp: ({ url, person, place }) => `// npm install ws
import { WebSocket } from 'ws'

const URL = ${JSON.stringify(url)}
const { headers } = await fetch(URL + '/auth/login', {
  method: 'POST',
  body: JSON.stringify(${JSON.stringify({ username: person.username, password: person.password })}),
})
const cookie = headers.get('set-cookie').split(';')[0]
const socket = new WebSocket(URL.replace('http', 'ws') + '/ws', { headers: { cookie } })
socket.on('open', () =>
  socket.send(JSON.stringify({ type: 'send_message', conversation_id: ${place.id}, content: ${said('chatapp')} })),
)
socket.on('message', (text) => {
  const { type, data, error } = JSON.parse(text)
  console.log(type, error ?? data)
  if (data?.content === ${said('chatapp')}) socket.close()
})
`,
  groups: ({ url, person, place }) => `// npm install socket.io-client
import { io } from 'socket.io-client'

const [username, group_name] = ${JSON.stringify([person.username, place.gid])}
const socket = io(${JSON.stringify(url)}, { transports: ['websocket'] })
socket.emit('find_user', JSON.stringify({ username, password: ${JSON.stringify(person.password)} }))
socket.on('user_found', () => socket.emit('enter_group', JSON.stringify({ username, group_name })))
socket.on('enter_group', () =>
  socket.emit('send_message', JSON.stringify({ username, group_name, text: ${said('groups')} })),
)
socket.on('message_sent', ({ username: sender, text }) => {
  console.log(sender, text)
  if (text === ${said('groups')}) socket.disconnect()
})
`,
  messenger: ({ url, person, place }) => `const URL = ${JSON.stringify(url)}
${POST}
const { access_token } = await post('/login', ${JSON.stringify({ usernameOrEmail: person.username, password: person.password })})
const headers = { authorization: 'Bearer ' + access_token }
const { id } = await post('/chat/${place.id}/message', { contents: ${said('messenger')} }, headers)
// There are no live events: ask for what comes after the last message that you have.
const answer = await fetch(URL + '/chat/${place.id}/messages?cursor=' + (id - 1), { headers })
for (const { author_id, contents } of (await answer.json()).messages) console.log(author_id, contents)
`,
  channels: ({ url, person, other, place, pusherKey }) => `// npm install pusher-js
import PusherModule from 'pusher-js'

// In Node the class is a property of what is imported; in a browser it is that itself.
const Pusher = PusherModule.default ?? PusherModule.Pusher ?? PusherModule
const URL = ${JSON.stringify(url)}
${POST}
const { data } = await post('/api/login', ${JSON.stringify({ username: person.username, password: person.password })})
const headers = { authorization: 'Bearer ' + data.token }
const pair = { from_user: data.id, to_user: ${place.accounts[other.username]} }
const { channel_name: channel } = await post('/api/request_chat', pair, headers)
const { hostname: wsHost, port: wsPort } = new globalThis.URL(URL)
const pusher = new Pusher(${JSON.stringify(pusherKey ?? '')}, {
  cluster: 'none', wsHost, wsPort, forceTLS: false, enabledTransports: ['ws'],
  channelAuthorization: { endpoint: URL + '/api/pusher/auth', headers },
})
const subscription = pusher.subscribe(channel)
subscription.bind('pusher:subscription_succeeded', () =>
  post('/api/send_message', { ...pair, channel, message: ${said('channels')} }, headers),
)
subscription.bind('new_message', ({ from_user, message }) => {
  console.log(from_user, message)
  if (message === ${said('channels')}) pusher.disconnect()
})
`,
  native: ({ url, person, place }) => `// npm install @parlance/client, from sdk/ of the repository
import { Client, signIn } from '@parlance/client'

const url = ${JSON.stringify(url)}
const { session } = await signIn(url, ${JSON.stringify({ login: person.username, password: person.password, device: 'Node' })})
const client = new Client({ url, token: session.token })
client.on('message.sent', ({ data: { message } }) => console.log(message.sender.username, message.body))
await client.open()
await client.conversation('c_${place.id}').send(${said('native')}).done()
client.close()
`,
}
