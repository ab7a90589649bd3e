import { conversationName } from '../../../server/src/dialects/native/names.ts'
import { within } from '../../load/within.ts'
import { newClientId } from './native-clients.ts'
import { openNativeSocket } from './native-socket.ts'
import type { Conversation, Person } from './seeding.ts'

interface Line {
  readonly conversation: Conversation
  /** ASCII, without quotes and backslashes. */
  readonly body: string
}

/** Sends all of them over one connection, without waiting for answers in between. Resolves when each is acknowledged. */
export async function sayAll(port: number, person: Person, lines: readonly Line[]): Promise<void> {
  const all = Promise.withResolvers<void>()
  let answered = 0
  const socket = await openNativeSocket(port, (bytes, start, end) => {
    const frame = bytes.toString('utf8', start, end)
    if (!frame.startsWith('{"re":')) return
    if (!frame.includes('"ok"')) all.reject(new Error(`a message was answered with ${frame}`))
    if (++answered === lines.length) all.resolve()
  })
  await within('a speaker is live', socket.live({ token: person.nativeToken }))
  for (const [id, { conversation, body }] of lines.entries()) {
    const place = conversationName(conversation.conversationId)
    socket.send(
      JSON.stringify({ id, op: 'message.send', conversation: place, clientId: newClientId(), body }),
    )
  }
  await within('all messages are acknowledged', all.promise)
  socket.close()
}
