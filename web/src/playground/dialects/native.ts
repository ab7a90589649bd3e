import { Client, type Runtime, signIn, systemRuntime } from '@parlance/client'
import type { FrameLog } from '../frames.ts'
import { type OpenPane, type Place, Refusal, type Said, type Surroundings } from '../pane-client.ts'
import { recordedFetch, recordedWebSocket } from '../recorded.ts'

/** The client library's surroundings, with requests and frames that are recorded. */
const runtimeOf = (log: FrameLog): Runtime => {
  const Recorded = recordedWebSocket(log, 'WebSocket')
  return {
    ...systemRuntime,
    fetch: recordedFetch(log),
    openSocket(url, protocol, handlers) {
      const socket = new Recorded(url, protocol)
      let isOver = false
      socket.onopen = () => !isOver && handlers.onOpen()
      socket.onmessage = ({ data }) => !isOver && typeof data === 'string' && handlers.onText(data)
      socket.onclose = ({ code, reason }) => !isOver && handlers.onClose(code, reason)
      return {
        send: (text) => socket.send(text),
        close: () => {
          isOver = true
          socket.close()
        },
      }
    },
  }
}

async function clientOf({ person, log }: Pick<Surroundings, 'person' | 'log'>) {
  const runtime = runtimeOf(log)
  const { username: login, password } = person
  const { session, account } = await signIn(
    location.origin,
    { login, password, device: 'Playground' },
    runtime,
  )
  const token = session.token ? { token: session.token } : {}
  return { account, client: new Client({ url: location.origin, runtime, refused: 'discard', ...token }) }
}

/** Opens the one conversation, or finds it. Throws a `ParlanceError`. */
export async function findPlace(
  surroundings: Pick<Surroundings, 'person' | 'other' | 'log'>,
): Promise<Place> {
  const { person, other } = surroundings
  const { client, account } = await clientOf(surroundings)
  const them = (await client.searchPeople(other.username)).find(({ username }) => username === other.username)
  if (!them) throw new Refusal(`There is nobody called ${other.username}.`)
  const opened = await client.createConversation({ kind: 'private', with: them.id })
  const listing = opened.listing.get()
  client.close()
  if (!listing) throw new Refusal('The conversation was not opened.')
  return {
    id: numberOf(listing.id),
    gid: listing.gid,
    accounts: { [person.username]: numberOf(account.id), [other.username]: numberOf(them.id) },
    newest: numberOf(listing.lastMessage?.id ?? '0'),
  }
}

/** Ids say of what they are: `m_12` is the message 12 of the other dialects. */
const numberOf = (id: string): number => Number(id.replace(/\D/g, ''))

/** The client library, as its own documentation says. */
export const openNative: OpenPane = async (surroundings, { id }) => {
  const { person, heard, live } = surroundings
  const { client } = await clientOf(surroundings)
  await client.open()
  client.connection.subscribe(() => live(client.connection.get().phase === 'live'))
  const conversation = client.conversation(`c_${id}`)
  const tell = () =>
    heard(
      conversation.timeline.get().items.flatMap((item): readonly Said[] => {
        if (item.kind !== 'message') return []
        const { id: messageId, body, sender, sentAt, seq } = item.message
        return [
          {
            id: numberOf(messageId),
            text: body,
            sender: sender.displayName || sender.username,
            words: `${messageId} · seq ${seq} · ${sentAt}`,
            isOwn: sender.username === person.username,
          },
        ]
      }),
    )
  const stop = conversation.timeline.subscribe(tell)
  return {
    async say(text) {
      await conversation.send(text).done()
    },
    close() {
      stop()
      client.close()
    },
  }
}
