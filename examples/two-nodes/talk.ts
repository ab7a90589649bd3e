// Ada is at one node and Bob at the other: npx node examples/two-nodes/talk.ts [url of the first] [url of the second]
import { io } from 'socket.io-client'

const [one = 'http://127.0.0.1:8001', two = 'http://127.0.0.1:8002'] = process.argv.slice(2)

async function post(url: string, body: object, user = ''): Promise<{ uuid: string; room_gid: string }> {
  const response = await fetch(url, { method: 'POST', headers: { user }, body: JSON.stringify(body) })
  const { ok, data, error } = (await response.json()) as { ok: boolean; data: never; error?: unknown }
  if (!ok) throw new Error(JSON.stringify(error))
  return data
}

/** Registers at one node and logs in there. */
async function enter(node: string, username: string): Promise<string> {
  const [login, password] = [`${username}-${Date.now()}`, 'correct horse battery staple']
  await post(`${node}/register`, { login, password, username })
  return (await post(`${node}/login`, { login, password })).uuid
}

async function listen(node: string, uuid: string, room_gid: string) {
  const socket = io(node)
  await socket.emitWithAck('auth', JSON.stringify({ uuid, room_gid }))
  const next = () => new Promise((resolve) => socket.once('message', resolve))
  return { next, close: () => socket.disconnect() }
}

const [ada, bob] = [await enter(one, 'Ada'), await enter(two, 'Bob')]
const { room_gid } = await post(`${one}/create-room`, {}, ada)
const [adas, bobs] = [await listen(one, ada, room_gid), await listen(two, bob, room_gid)]

for (const [uuid, from, msg] of [
  [ada, one, 'Hello, Bob!'],
  [bob, two, 'Hello, Ada!'],
] as const) {
  const heard = Promise.all([adas.next(), bobs.next()])
  const since = performance.now()
  await post(`${from}/send-message`, { room_gid, msg }, uuid)
  const [atOne, atTwo] = await heard
  console.log(`Said at ${from}, and ${(performance.now() - since).toFixed(1)} ms later heard by both:`)
  console.log(`  Ada, at ${one}:`, JSON.stringify(atOne))
  console.log(`  Bob, at ${two}:`, JSON.stringify(atTwo))
}

const history = await fetch(`${two}/get-room-history?room_gid=${room_gid}`, { headers: { user: ada } })
console.log(`Ada's log-in is good at ${two} too, where she reads`, await history.text())
for (const { close } of [adas, bobs]) close()
