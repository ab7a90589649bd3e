import { createInterface } from 'node:readline'
import {
  Client,
  type ConversationHandle,
  ParlanceError,
  register,
  signIn,
  type TimelineItem,
} from '@parlance/client'

// A client in a terminal. Lines that are typed are sent, also while there is no connection; commands begin with a slash:
// npx node examples/talk/talk.ts http://127.0.0.1:8000 ada 'correct horse battery' c_1

const [url = '', username = '', password = '', conversation = ''] = process.argv.slice(2)
const print = (line: string) => process.stdout.write(`${line}\n`)

const { account, session } = await logIn()
const client = new Client({ url, ...(session.token !== undefined && { token: session.token }) })
client.connection.subscribe(() => print(`-- ${client.connection.get().phase}`))
await client.open()
print(`-- ${account.username} is ${account.id}`)

let place: ConversationHandle | undefined
let leave = () => {}
if (conversation !== '') enter(conversation)

for await (const line of createInterface({ input: process.stdin })) {
  try {
    await obey(line)
  } catch (error) {
    if (!(error instanceof ParlanceError)) throw error
    print(`-- ${error.message}`)
  }
}
leave()
client.close()

async function obey(line: string): Promise<void> {
  const [, command = '', rest = ''] = /^\/(\w+) ?(.*)$/.exec(line) ?? []
  if (command === '') place?.send(line)
  else if (command === 'with') enter((await client.createConversation({ kind: 'private', with: rest })).id)
  else if (command === 'enter') enter(rest)
  else if (command === 'read') place?.markRead()
  else if (command === 'edit') place?.edit(Number.parseInt(rest, 10), rest.replace(/^\d+ /, ''))
  else if (command === 'delete') place?.delete(Number(rest))
  else if (command === 'react') place?.react(Number.parseInt(rest, 10), rest.replace(/^\d+ /, ''))
  else print('-- /with a_2, /enter c_1, /read, /edit 3 text, /delete 3, /react 3 👍')
}

/** Shows a conversation: each row once, and again when it has changed. */
function enter(id: string): void {
  leave()
  place = client.conversation(id)
  const { timeline } = place
  const shown = new Map<string, string>()
  const show = () => {
    for (const item of timeline.get().items) {
      const text = textOf(item)
      if (shown.get(item.key) !== text) print(text)
      shown.set(item.key, text)
    }
  }
  leave = timeline.subscribe(show)
  print(`-- in ${id}`)
}

function textOf(item: TimelineItem): string {
  if (item.kind === 'hole') return `   … ${item.from} to ${item.to} are not loaded`
  if (item.kind === 'deleted') return `${item.seq} (deleted)`
  if (item.kind === 'outgoing') return `   ${item.body} (${item.entry.failure?.detail ?? 'on its way'})`
  const { seq, message } = item
  const reactions = message.reactions.map(({ key, count }) => ` ${key}${count}`).join('')
  return `${seq} ${message.sender.username}: ${message.body}${reactions}`
}

/** The session of that account, which is made if there is none. */
async function logIn() {
  try {
    return await signIn(url, { login: username, password })
  } catch (error) {
    if (!(error instanceof ParlanceError) || error.code !== 'wrong_credentials') throw error
    return register(url, { username, password })
  }
}
