import { after } from 'node:test'
import { Crowd, connectPusher, KEYS, type Person, type PusherClient } from '../support/channels.ts'
import { startParlance, target } from '../support/server.ts'

/** The server under test, with so many people on it and clients of theirs, until the tests of the file are over. */
export async function openWorld(size: number, dialects = 'channels') {
  const server = await target({ PARLANCE_DIALECTS: dialects, ...KEYS })
  const { url } = server
  const clients: PusherClient[] = []
  after(async () => {
    for (const client of clients) client.disconnect()
    await server.close()
  })
  const crowd = await Crowd.gather(url, size)
  return {
    server,
    url,
    pair: () => crowd.pair(),
    three: () => crowd.three(),
    connect(who: Person, serverUrl = url, authUrl = url): PusherClient {
      const client = connectPusher(serverUrl, who, authUrl)
      clients.push(client)
      return client
    },
  }
}

/** One more server, of other settings. */
export async function startAnother(settings: Readonly<Record<string, string>>) {
  const started = await startParlance({ PARLANCE_DIALECTS: 'channels', ...KEYS, ...settings })
  return { ...started, [Symbol.asyncDispose]: () => started.close() }
}

export const notifications = ({ id }: Person): string => `private-notification_user_${id}`

/** Values that every field of a name or text refuses. */
export const NOT_TEXTS = [undefined, null, '', 7, true, [], {}, { $ne: '' }, 'a\0b', '\ud800'] as const
/** Values that every id refuses. */
export const NOT_IDS = [
  undefined,
  null,
  '',
  'x',
  '1 ',
  '0x1',
  '1e3',
  -1,
  1.5,
  2 ** 53,
  '9007199254740993',
  true,
  [1],
] as const
