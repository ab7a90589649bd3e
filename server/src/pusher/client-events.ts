import type { Announcements } from './announcements.ts'
import { channelKind } from './channel-name.ts'
import type { Channels } from './channels.ts'
import type { Connection } from './connection.ts'
import { CODES, PusherError } from './errors.ts'
import { QUOTAS } from './quotas.ts'
import type { ClientEventMessage } from './wire.ts'

export interface ClientEventsDeps {
  readonly channels: Channels
  readonly announcements: Announcements
}

/** Passes an event of one subscriber on to the others. */
export function relayClientEvent(
  { channels, announcements }: ClientEventsDeps,
  connection: Connection,
  message: ClientEventMessage,
): void {
  const { event, channel, data } = message
  refuseUnfit(connection, message)
  const userId = connection.subscriptions.get(channel)?.subscriber.member?.userId
  const from = userId === undefined ? {} : { userId }
  channels.publish(channel, { type: 'event', event, data, exceptSocketId: connection.socketId, ...from })
  announcements.clientEvent({
    channel,
    event,
    data,
    socket_id: connection.socketId,
    ...(userId !== undefined && { user_id: userId }),
  })
}

function refuseUnfit(connection: Connection, { event, channel, data }: ClientEventMessage): void {
  if (!connection.mayTrigger(performance.now())) {
    throw new PusherError(
      CODES.tooFast,
      `Client event rejected - at most ${QUOTAS.clientEventsPerSecond} client events per second`,
    )
  }
  const kind = channelKind(channel)
  if (kind !== 'private' && kind !== 'presence') {
    throw rejected('only supported on private and presence channels')
  }
  if (!connection.subscriptions.has(channel)) throw rejected('not subscribed to the channel')
  if (event.length > QUOTAS.eventNameLength) {
    throw rejected(`the event's name is longer than ${QUOTAS.eventNameLength} characters`)
  }
  if (Buffer.byteLength(data) > QUOTAS.dataBytes) {
    throw rejected(`the data is larger than ${QUOTAS.dataBytes} bytes`)
  }
}

const rejected = (why: string): PusherError => new PusherError(CODES.other, `Client event rejected - ${why}`)
