import { after } from 'node:test'
import { type ChatappClient, ChatappHttp, type Event } from '../support/chatapp.ts'
import { type Target, target } from '../support/server.ts'

export const SECRET = 'a secret that only this test knows'
/** The origin of a web page that may read answers. */
export const ORIGIN = 'http://localhost:5173'

/** The server under test and a client of it, until the tests of the file are over. */
export async function openWorld(): Promise<{ readonly server: Target; readonly http: ChatappHttp }> {
  const server = await target({ JWTSECRET: SECRET })
  const http = new ChatappHttp(server.url)
  after(async () => {
    http.close()
    await server.close()
  })
  return { server, http }
}

export interface User {
  readonly username: string
  readonly fullname: string
  readonly is_online: boolean
  readonly last_online: number
  readonly created_at: number
}

export interface Conversation {
  readonly id: number
  readonly name: string
  readonly members: readonly string[]
}

export interface Message {
  readonly id: number
  readonly sender_username: string
  readonly conversation_id?: number
  readonly reply_id: number | null
  readonly content: string
  readonly sent_at: number
}

/** A group that the first makes with the others; every one of them has taken its frame. */
export async function groupOf(...[creator, ...others]: readonly [ChatappClient, ...ChatappClient[]]) {
  const members = others.map(({ username }) => username)
  const made = await creator.data<Conversation>({ type: 'create_conversation', members })
  for (const other of others) await other.next('create_conversation')
  return made
}

export const send = (client: ChatappClient, conversation_id: number, content: string, more: Event = {}) =>
  client.data<Message>({ type: 'send_message', conversation_id, content, ...more })

export const messagesOf = async (client: ChatappClient, conversation_id: number, more: Event = {}) =>
  (await client.data<{ messages: Message[] }>({ type: 'get_messages', conversation_id, ...more })).messages

export const nowSeconds = () => Math.floor(Date.now() / 1000)

export const listed = ({ id, sender_username, reply_id, content, sent_at }: Message) => ({
  id,
  sender_username,
  reply_id,
  content,
  sent_at,
})
