import Pusher from 'pusher-js'
import { ask, TokenApi } from '../json-api.ts'
import { type OpenPane, Refusal, type Said } from '../pane-client.ts'
import { recordedFetch, recordedWebSocket } from '../recorded.ts'

interface ChannelsMessage {
  readonly id: number
  readonly message: string
  readonly from_user: number
}

interface LoggedIn {
  readonly data: { readonly id: number; readonly token: string }
}

/** Requests by `fetch`, and `pusher-js` for what happens. */
export const openChannels: OpenPane = async ({ person, other, log, pusherKey, heard, live }, place) => {
  const fetch = recordedFetch(log)
  const logInAs = async ({ username, password }: typeof person) => {
    const { status, body, text } = await ask(fetch, '/api/login', { json: { username, password } })
    if (status !== 200) throw new Refusal(text)
    return (body as LoggedIn).data
  }
  const me = { id: place.accounts[person.username] }
  const to_user = place.accounts[other.username]
  const api = new TokenApi({ fetch, logIn: async () => (await logInAs(person)).token })
  const opened = await api.ok<{ channel_name: string }>('/api/request_chat', { from_user: me.id, to_user })
  const { channel_name: channel } = opened
  const saidOf = ({ id, message, from_user }: ChannelsMessage): Said => ({
    id,
    text: message,
    sender: `user ${from_user}`,
    words: `id ${id}`,
    isOwn: Number(from_user) === me.id,
  })
  const catchUp = async () =>
    heard((await api.ok<readonly ChannelsMessage[]>(`/api/get_message/${channel}`)).slice(-50).map(saidOf))
  const pusher = pusherKey === null ? undefined : connect(pusherKey, recordedWebSocket(log, 'Pusher'))
  function connect(key: string, Recorded: typeof WebSocket): Pusher {
    type Socket = ReturnType<typeof Pusher.Runtime.createWebSocket>
    // A browser's WebSocket is what the library uses; its own type wants handlers that are null at first.
    Pusher.Runtime.createWebSocket = (url) => new Recorded(url) as Socket
    return new Pusher(key, {
      cluster: 'none',
      wsHost: location.hostname,
      wsPort: Number(location.port || 80),
      wssPort: Number(location.port || 443),
      forceTLS: location.protocol === 'https:',
      enabledTransports: ['ws'],
      channelAuthorization: {
        transport: 'ajax',
        endpoint: '/api/pusher/auth',
        customHandler: ({ socketId: socket_id, channelName: channel_name }, answer) => {
          api
            .ok<{ auth: string }>('/api/pusher/auth', { socket_id, channel_name })
            .then((signed) => answer(null, signed))
            .catch((error: Error) => answer(error, null))
        },
      },
    })
  }
  const heardOf = pusher?.subscribe(channel)
  heardOf?.bind('pusher:subscription_succeeded', () => {
    live(true)
    catchUp().catch(() => live(false))
  })
  heardOf?.bind('new_message', (message: ChannelsMessage) => heard([saidOf(message)]))
  pusher?.connection.bind('state_change', ({ current }: { current: string }) => {
    if (current !== 'connected') live(false)
  })
  if (!pusher) await catchUp()
  return {
    async say(message) {
      await api.ok('/api/send_message', { from_user: me.id, to_user, message, channel })
    },
    close: () => pusher?.disconnect(),
  }
}
