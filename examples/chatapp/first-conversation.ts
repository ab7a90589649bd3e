// Two people become contacts and talk. Run it beside a server: npx node examples/chatapp/first-conversation.ts
import { WebSocket } from 'ws'

const url = process.env.PARLANCE_URL ?? 'http://127.0.0.1:8000'
const post = (path: string, body: object) => fetch(url + path, { method: 'POST', body: JSON.stringify(body) })

async function connect(fullname: string) {
  const [username, password] = [`${fullname}-${Date.now()}`, 'correct horse battery staple']
  console.log(username, await (await post('/register', { username, password, fullname })).text())
  const cookie = (await post('/auth/login', { username, password })).headers.get('set-cookie') ?? ''
  const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers: { cookie } })
  ws.on('message', (frame) => console.log(`${fullname} hears ${frame}`))
  await new Promise((resolve) => ws.once('open', resolve))

  // An answer bears the type of what was asked. Messages of others do too, but not our name.
  const ask = (type: string, fields: object = {}): Promise<{ id: number }> => {
    ws.send(JSON.stringify({ type, ...fields }))
    return new Promise((resolve) => {
      ws.on('message', (frame) => {
        const answer = JSON.parse(String(frame))
        const isOurs = (answer.data?.sender_username ?? username) === username
        if (answer.type === type && isOurs) resolve(answer.data)
      })
    })
  }
  return { username, ask, close: () => ws.close() }
}

const [ada, bob] = [await connect('Ada'), await connect('Bob')]
await bob.ask('ping') // Once this is answered, Bob hears of everything.
await ada.ask('add_contact', { contact_username: bob.username })
const { id: conversation_id } = await ada.ask('create_conversation', { members: [bob.username] })
const hello = await ada.ask('send_message', { conversation_id, content: 'Hello, Bob!' })
await bob.ask('send_message', { conversation_id, content: 'Hello, Ada!', reply_id: hello.id })
await ada.ask('get_messages', { conversation_id })
for (const person of [ada, bob]) person.close()
