import assert from 'node:assert/strict'
import { MessengerClient } from '../dialects/messenger-client.ts'
import { ask, BareSubscriber } from '../support/channels.ts'
import { ChatappHttp } from '../support/chatapp.ts'
import type { Person, Place, Where } from '../support/clients/index.ts'
import { GroupsClient, type Happening } from '../support/groups.ts'
import { post, RawListener, SocketIoListener, UNKNOWN_USER } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import type { Participant } from './world.ts'

/** For each connection, a function that resolves with what the connection was told, once it has ended. */
export interface Connected {
  readonly ended: Readonly<Record<string, () => Promise<unknown>>>
}

/** Opens a connection at one node in every dialect that has connections. */
export async function connect(
  who: Participant,
  place: Place,
  { node, talker }: { node: Where; talker: Participant },
): Promise<Connected> {
  const pass = JSON.stringify({ uuid: who.rooms.uuid, room_gid: place.gid })
  const socketIo = new SocketIoListener(node.url)
  assert.equal(await socketIo.auth(pass), 'acknowledged')
  const raw = new RawListener(node.tcpPort ?? 0).write(pass)
  await until('the raw listener to hear', async () => {
    await talker.rooms.send(place, 'hello?')
    return raw.messages.length > 0
  })
  const { ws } = await who.chatapp.again(node)
  const groups = await GroupsClient.connect(node.url)
  const { username, password } = who
  const [found] = await groups.ask('find_user', { username, password })
  assert.equal(found?.[0], 'user_found')
  const pusher = new BareSubscriber(node.url)
  const { id, token } = who.channels
  await pusher.subscribe(node.url, { id, token, username }, `private-notification_user_${id}`)
  return {
    ended: {
      'Socket.IO of rooms': () => until('it to end', () => socketIo.isDisconnected),
      'raw TCP of rooms': () => raw.closed(),
      chatapp: () => ws.closed,
      groups: async () => {
        await until('it to end', () => groups.isDisconnected)
        return groups.log.filter(([event]: Happening) => event === 'user_not_authorized')
      },
      channels: () => pusher.closed,
    },
  }
}

/** Each dialect's answer at that node to a request with a credential from before. */
export async function answers(
  { rooms, chatapp, messenger, channels }: Participant,
  place: Place,
  { url }: Where,
) {
  const http = new ChatappHttp(url)
  const { cookie } = chatapp
  const checked = await http.call('GET', '/auth/verify', { headers: { cookie } })
  const { status } = await new MessengerClient(url, messenger.api.token).get('/user/me')
  return {
    rooms: await post(
      url,
      '/send-message',
      { room_gid: place.gid, msg: 'still here?' },
      { user: rooms.uuid },
    ),
    chatapp: { status: checked.status, closed: await http.open({ cookie }).closed },
    messenger: status,
    channels: (await ask(url, '/api/users', { token: channels.token })).status,
  }
}

export const END_MS = 20_000
/** The end of each connection but chatapp's when its account is logged out. */
export const ENDS = {
  'Socket.IO of rooms': true,
  'raw TCP of rooms': true,
  groups: [['user_not_authorized', { Error: 'Logged out.' }]],
  channels: 4009,
}
/** Results of `answers` for void credentials, but for chatapp's. */
export const REFUSED = { rooms: UNKNOWN_USER, messenger: 401, channels: 401 }

/** The close of a chatapp connection whose account is logged out: a disabled account is gone. */
export const chatappSays = ({ username }: Person, isThere: boolean) => ({
  code: 1000,
  reason: isThere ? 'invalid login-token' : `'${username}' doesn't exists`,
})
