// Two guests meet in a group. Run it beside a server: npx node examples/groups/first-conversation.ts
import { io, type Socket } from 'socket.io-client'

const url = process.env.PARLANCE_URL ?? 'http://127.0.0.1:8000'
const run = Date.now()
const group_name = `lobby-${run}`

const hears = (socket: Socket, event: string) => new Promise((resolve) => socket.once(event, resolve))

/** Asks, and resolves with the event that answers. */
async function ask(socket: Socket, request: string, fields: object, answer: string): Promise<void> {
  const answered = hears(socket, answer)
  socket.emit(request, JSON.stringify(fields))
  console.log(`${request} → ${answer}`, await answered)
}

const [ann, bob] = [io(url), io(url)]
const [annsName, bobsName] = [`ann-${run}`, `bob-${run}`]
await ask(ann, 'find_user', { username: annsName }, 'user_created')
await ask(bob, 'find_user', { username: bobsName }, 'user_created')
await ask(ann, 'create_group', { username: annsName, group_name }, 'group_created')
await ask(bob, 'visit_group', { username: bobsName, group_name }, 'user_visited')

const message = hears(bob, 'message_sent')
await ask(ann, 'send_message', { username: annsName, group_name, text: 'Hello, Bob!' }, 'message_sent')
console.log('Bob hears', await message)
await ask(bob, 'enter_group', { username: bobsName, group_name }, 'enter_group')
for (const socket of [ann, bob]) socket.disconnect()
