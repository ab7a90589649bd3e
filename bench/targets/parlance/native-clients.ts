import { randomUUID } from 'node:crypto'
import { conversationName } from '../../../server/src/dialects/native/names.ts'
import type { Client } from '../../target.ts'
import { type Connect, carriesBody } from './clients.ts'
import { httpSender } from './http-sender.ts'
import { openNativeSocket } from './native-socket.ts'

/** The ids that a client makes for its messages: as long as a UUID, and never the same again. */
export function clientIds(): () => string {
  const head = randomUUID().slice(0, 24)
  let count = 0
  return () => `${head}${String(count++).padStart(12, '0')}`
}

// How a frame goes on after `{"` and after `{"op":"`.
const AFTER_BRACE = 2
const AFTER_OP = '{"op":"'.length
const [R, E] = Buffer.from('re')

/** Speaks and hears over the socket. Its sends are answered, and it hears them too. */
export const connectNative: Connect = async ({ parlance, conversation, person, ear }): Promise<Client> => {
  const socket = await openNativeSocket(parlance.port, (bytes, start, end) => {
    if (bytes[start + AFTER_BRACE] === R) {
      const problem = bytes.toString('utf8', start, end)
      if (!problem.includes('"ok"')) throw new Error(`a message was answered with ${problem}`)
      ear.acknowledged()
    } else if (bytes[start + AFTER_OP] === E && carriesBody(start, end)) ear.hear(bytes, start, end)
  })
  await socket.live({ token: person.nativeToken })
  const nextId = clientIds()
  const place = `"op":"message.send","conversation":"${conversationName(conversation.conversationId)}"`
  let asked = 0
  return {
    isAnswered: true,
    send: (body) => socket.send(`{"id":${asked++},${place},"clientId":"${nextId()}","body":"${body}"}`),
    close: () => socket.close(),
  }
}

/** Sends over REST, and hears nothing. */
export const connectNativeRest: Connect = async ({ parlance, conversation, person, ear }) => {
  const nextId = clientIds()
  const sending = httpSender(parlance, ear, (body) => ({
    path: `/v1/conversations/${conversationName(conversation.conversationId)}/messages`,
    headers: { Authorization: `Bearer ${person.nativeToken}` },
    body: `{"clientId":"${nextId()}","body":"${body}"}`,
  }))
  return { ...sending, isAnswered: true, isDeaf: true }
}
