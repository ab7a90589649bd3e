import { costOfText } from '../transport/index.ts'
import type { Announcements } from './announcements.ts'
import { channelKind } from './channel-name.ts'
import type { Channels } from './channels.ts'
import type { Connection } from './connection.ts'
import { CODES, type PusherCode, PusherError } from './errors.ts'
import { originOf, type Pushes, senderOf } from './pushes.ts'
import { QUOTAS } from './quotas.ts'
import type { ClientEventMessage } from './wire.ts'

export interface ClientEventsDeps {
  readonly channels: Channels
  readonly announcements: Announcements
  readonly pushes: Pushes
}

/** Passes an event of one subscriber on to the others. */
export function relayClientEvent(
  { channels, announcements, pushes }: ClientEventsDeps,
  connection: Connection,
  message: ClientEventMessage,
): void {
  const { event, channel, data } = message
  refuseUnfit(connection, message)
  const userId = connection.subscriptions.get(channel)?.subscriber.member?.userId
  const sender = senderOf(connection, userId)
  if (!pushes.mayPush(sender)) throw tooFast('too many events of this user, this address or all clients')
  pushes.charge(sender, costOfText(event + data))
  const from = { exceptSocketId: connection.socketId, originId: originOf(sender) }
  channels.publish(channel, { type: 'event', event, data, ...from, ...(userId !== undefined && { userId }) })
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
    throw tooFast(`at most ${QUOTAS.clientEventsPerSecond} client events per second`)
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

const rejected = (why: string): PusherError => refusal(CODES.other, why)
const tooFast = (why: string): PusherError => refusal(CODES.tooFast, why)

const refusal = (code: PusherCode, why: string): PusherError =>
  new PusherError(code, `Client event rejected - ${why}`)
