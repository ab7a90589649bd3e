import { io } from 'socket.io-client'
import { type OpenPane, Refusal, type Said } from '../pane-client.ts'
import { recordedTransport } from '../recorded.ts'

interface GroupsMessage {
  readonly _id: string
  readonly username: string
  readonly text: string
  readonly timestamp: string
}

const REFUSALS = [
  'invalid_request',
  'user_not_authorized',
  'rate_limited',
  'group_not_found',
  'name_not_found',
]

/** Nothing but `socket.io-client`: requests are events, and so are their answers. */
export const openGroups: OpenPane = async ({ person, log, heard, live }, { gid: group_name }) => {
  const { username, password } = person
  const socket = io({ transports: [recordedTransport(log)], forceNew: true })
  const saidOf = ({ _id, text, username: sender, timestamp }: GroupsMessage): Said => ({
    id: Number.parseInt(_id, 16),
    text,
    sender,
    words: `_id …${_id.slice(-6)} · ${timestamp}`,
    isOwn: sender === username,
  })
  let refused: ((error: Refusal) => void) | undefined
  socket.on('connect', () => socket.emit('find_user', JSON.stringify({ username, password })))
  socket.on('user_found', () => socket.emit('enter_group', JSON.stringify({ username, group_name })))
  socket.on('enter_group', ([unread, read]: readonly (readonly GroupsMessage[])[]) => {
    live(true)
    heard([...(read ?? []), ...(unread ?? [])].map(saidOf))
  })
  socket.on('message_sent', (message: GroupsMessage) => heard([saidOf(message)]))
  socket.on('disconnect', () => live(false))
  for (const event of REFUSALS)
    socket.on(event, ({ Error: words }: { Error?: string }) => refused?.(new Refusal(words ?? event)))
  return {
    say(text) {
      if (!socket.connected) throw new Refusal('There is no connection. Say it again when the lamp is lit.')
      return new Promise((resolve, reject) => {
        refused = reject
        socket.emit('send_message', JSON.stringify({ username, group_name, text }), () => resolve())
      })
    },
    close: () => socket.disconnect(),
  }
}
