import { systemRuntime } from '@parlance/client'
import { conversationName } from '../../../server/src/dialects/native/names.ts'
import type { Client } from '../../target.ts'
import { type Connect, carriesBody } from './clients.ts'
import { httpSender } from './http-sender.ts'
import { openNativeSocket } from './native-socket.ts'

/** The id of a message, as the client library makes them. */
export const newClientId = (): string => systemRuntime.newId()

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
  const place = `"op":"message.send","conversation":"${conversationName(conversation.conversationId)}"`
  let asked = 0
  return {
    isAnswered: true,
    send: (body) => socket.send(`{"id":${asked++},${place},"clientId":"${newClientId()}","body":"${body}"}`),
    close: () => socket.close(),
  }
}

/** Sends over REST, and hears nothing. */
export const connectNativeRest: Connect = async ({ parlance, conversation, person, ear }) => {
  const sending = httpSender(parlance, ear, (body) => ({
    path: `/v1/conversations/${conversationName(conversation.conversationId)}/messages`,
    headers: { Authorization: `Bearer ${person.nativeToken}` },
    body: `{"clientId":"${newClientId()}","body":"${body}"}`,
  }))
  return { ...sending, isAnswered: true, isDeaf: true }
}
