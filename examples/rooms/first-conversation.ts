// Two people meet in a room. Run it beside a server: npx node examples/rooms/first-conversation.ts
import { io } from 'socket.io-client'

const url = process.env.PARLANCE_URL ?? 'http://127.0.0.1:8000'

async function post(path: string, body: object, user = ''): Promise<{ uuid: string; room_gid: string }> {
  const response = await fetch(url + path, { method: 'POST', headers: { user }, body: JSON.stringify(body) })
  const { ok, data, error } = (await response.json()) as { ok: boolean; data: never; error?: unknown }
  if (!ok) throw new Error(JSON.stringify(error))
  return data
}

async function enter(username: string): Promise<string> {
  const [login, password] = [`${username}-${Date.now()}`, 'correct horse battery staple']
  await post('/register', { login, password, username })
  return (await post('/login', { login, password })).uuid
}

const [ada, bob] = [await enter('Ada'), await enter('Bob')]
const { room_gid } = await post('/create-room', {}, ada)
console.log('Ada opened the room', room_gid)

const socket = io(url)
await socket.emitWithAck('auth', JSON.stringify({ uuid: ada, room_gid }))
const heard = new Promise((resolve) => socket.once('message', resolve))
await post('/send-message', { room_gid, msg: 'Hello, Ada!' }, bob)
console.log('Ada hears', await heard)
const history = await fetch(`${url}/get-room-history?room_gid=${room_gid}`, { headers: { user: bob } })
console.log('Bob reads', await history.text())
socket.disconnect()
