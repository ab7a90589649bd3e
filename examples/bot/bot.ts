import { Client, ParlanceError, register, signIn } from '@parlance/client'
import { FileStorage } from '@parlance/client/node'

// A bot that answers `!roll 6` with a number, wherever it is a member, and reacts to its name:
// URL=http://127.0.0.1:8000 npx node examples/bot/bot.ts

const {
  URL = 'http://127.0.0.1:8000',
  NAME = 'dice',
  PASSWORD = 'correct horse battery',
  OUTBOX,
} = process.env

const { account, session } = await logIn()
const client = new Client({
  url: URL,
  ...(session.token !== undefined && { token: session.token }),
  // A message that was not sent when it was stopped is sent when it starts again.
  ...(OUTBOX !== undefined && { storage: new FileStorage(OUTBOX) }),
  // Nobody is there to look after a message that a conversation does not take.
  refused: 'discard',
})

client.on('message.sent', ({ conversation, data: { message } }) => {
  if (message.sender.id === account.id) return
  const place = client.conversation(conversation)
  const sides = Number(/^!roll (\d+)$/.exec(message.body)?.[1])
  if (sides > 0) place.send(String(1 + Math.floor(Math.random() * sides)), { replyTo: message.seq })
  if (message.mentions.some((mention) => 'account' in mention && mention.account === account.id))
    place.react(message.seq, '👋')
})

await client.open()
await client.ready()
console.log(`${account.username} is ${account.id}, and listens.`)
process.once('SIGTERM', () => client.close())

/** The bot's session; its account is made at its first start. */
async function logIn() {
  try {
    return await signIn(URL, { login: NAME, password: PASSWORD })
  } catch (error) {
    if (!(error instanceof ParlanceError) || error.code !== 'wrong_credentials') throw error
    return register(URL, { username: NAME, password: PASSWORD })
  }
}
