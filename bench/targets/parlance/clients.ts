import { createHmac } from 'node:crypto'
import { BODY_BYTES } from '../../load/body.ts'
import type { Ear } from '../../load/ear.ts'
import { endOfLine, LengthFraming } from '../../load/frames.ts'
import { openSocket } from '../../load/socket.ts'
import { openSocketIo } from '../../load/socket-io-client.ts'
import { openWs } from '../../load/ws-client.ts'
import type { Client } from '../../target.ts'
import { httpSender } from './http-sender.ts'
import { type Conversation, PASSWORD, type Person } from './seeding.ts'
import { type Parlance, PUSHER } from './server.ts'

/** One dialect's way in. */
export type Connect = (place: Seat) => Promise<Client>

export interface Seat {
  readonly parlance: Parlance
  readonly conversation: Conversation
  readonly person: Person
  readonly ear: Ear
}

/** A frame at least as long as a body carries one; shorter frames are answers and pings. */
export const carriesBody = (start: number, end: number): boolean => end - start >= BODY_BYTES

export const connectChatapp: Connect = async ({ parlance, conversation, person, ear }) => {
  const ready = Promise.withResolvers<void>()
  const ws = await openWs({
    port: parlance.port,
    path: '/ws',
    headers: { Cookie: `login-token=${parlance.token('chatapp', person)}` },
    onText: (bytes, start, end) => {
      if (carriesBody(start, end)) ear.hear(bytes, start, end)
      else ready.resolve()
    },
    onClose: (reason) => ready.reject(new Error(`closed: ${reason}`)),
  })
  // Its answer comes once the connection hears its conversations.
  ws.send('{"type":"ping"}')
  await ready.promise
  const head = `{"type":"send_message","conversation_id":${conversation.conversationId},"content":"`
  return { send: (body) => ws.send(`${head}${body}"}`), close: () => ws.close() }
}

export const connectRooms: Connect = async ({ parlance, conversation, person, ear }) => {
  const lines = new LengthFraming(endOfLine, (bytes, start, end) => ear.hear(bytes, start, end))
  const socket = await openSocket(parlance.tcpPort, (chunk, length) => lines.feed(chunk, length))
  socket.write(JSON.stringify({ uuid: person.roomsSecret, room_gid: conversation.gid }))
  const sending = httpSender(parlance, ear, (body) => ({
    path: '/send-message',
    headers: { user: person.roomsSecret },
    body: `{"room_gid":"${conversation.gid}","msg":"${body}"}`,
  }))
  return {
    isAnswered: true,
    send: sending.send,
    close: () => {
      socket.destroy()
      sending.close()
    },
  }
}

export const connectGroups: Connect = async ({ parlance, conversation, person, ear }) => {
  const client = await openSocketIo(parlance.port)
  const { username } = person
  client.emit('find_user', { username, password: PASSWORD })
  await client.next('user_found')
  client.emit('visit_group', { username, group_name: conversation.gid })
  await client.next('user_visited')
  client.listen(ear)
  const head = `42["send_message",{"username":"${username}","group_name":"${conversation.gid}","text":"`
  return { send: (body) => client.sendPacket(`${head}${body}"}]`), close: () => client.close() }
}

/** First byte of the protocol's own event names (`pusher:`, `pusher_internal:`), and where a name begins in a frame. */
const P = 0x70
const EVENT_NAME_AT = '{"event":"'.length

export const connectChannels: Connect = async ({ parlance, conversation, person, ear }) => {
  const [first, second] = conversation.people
  const channel = `private-chat_${first?.accountId}_${second?.accountId}`
  const ready = Promise.withResolvers<void>()
  let isReady = false
  const ws = await openWs({
    port: parlance.port,
    path: `/app/${PUSHER.key}?protocol=7`,
    onText: (bytes, start, end, ws) => {
      if (isReady && carriesBody(start, end)) {
        // The protocol's own events, such as the count of subscriptions, are long too.
        if (bytes[start + EVENT_NAME_AT] !== P) ear.hear(bytes, start, end)
        return
      }
      const message = JSON.parse(bytes.toString('utf8', start, end))
      if (message.event === 'pusher:ping') ws.send('{"event":"pusher:pong","data":{}}')
      else if (message.event === 'pusher:connection_established') {
        const socketId: string = JSON.parse(message.data).socket_id
        const signature = createHmac('sha256', PUSHER.secret).update(`${socketId}:${channel}`).digest('hex')
        const data = { channel, auth: `${PUSHER.key}:${signature}` }
        ws.send(JSON.stringify({ event: 'pusher:subscribe', data }))
      } else if (message.event === 'pusher_internal:subscription_succeeded') {
        isReady = true
        ready.resolve()
      } else ready.reject(new Error(JSON.stringify(message)))
    },
  })
  await ready.promise
  const other = first === person ? second : first
  const sending = httpSender(parlance, ear, (body) => ({
    path: '/api/send_message',
    headers: { Authorization: `Bearer ${parlance.token('channels', person)}` },
    body: `{"from_user":${person.accountId},"to_user":${other?.accountId},"message":"${body}","channel":"${channel}"}`,
  }))
  return {
    isAnswered: true,
    send: sending.send,
    close: () => {
      ws.close()
      sending.close()
    },
  }
}

/** Sends only: the dialect has no live stream. */
export const connectMessenger: Connect = async ({ parlance, conversation, person, ear }) => {
  const token = parlance.token('messenger', person)
  const sending = httpSender(parlance, ear, (body) => ({
    path: `/chat/${conversation.conversationId}/message`,
    headers: { Authorization: `Bearer ${token}` },
    body: `{"contents":"${body}"}`,
  }))
  return { ...sending, isAnswered: true, isDeaf: true }
}
