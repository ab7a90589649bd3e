import type Pusher from 'pusher'
import { KeyedQueue } from '../lib/keyed-queue.ts'
import type { PusherCredentials, PusherPublisher, TriggerOptions } from './publisher.ts'
import { Signatures } from './signatures.ts'

interface HostedOptions {
  readonly credentials: PusherCredentials
  readonly cluster: string
  /** Another Pusher server than the cluster's own. */
  readonly host?: string
  readonly port?: number
  readonly useTLS?: boolean
}

const TIMEOUT_MS = 10_000
/** Events on their way to the service; the next is refused. */
const MAX_PENDING = 1_000

/** Thrown by `trigger` when the hosted service is too slow to take one more event. */
class HostedPusherBusy extends Error {
  constructor() {
    super('too many events wait for hosted Pusher')
  }
}

/** The hosted service through its official library, which is loaded at the first use. */
export function createHostedPublisher(options: HostedOptions): PusherPublisher {
  const signatures = new Signatures(options.credentials)
  // HTTP requests overtake one another: those of one channel go one by one.
  const inOrder = new KeyedQueue<string>()
  let pending = 0
  let client: Promise<Pusher> | undefined

  const send = async (
    channel: string,
    event: string,
    data: string,
    exceptSocketId?: string,
  ): Promise<void> => {
    client ??= connect(options)
    const pusher = await client
    await pusher.trigger(
      channel,
      event,
      data,
      exceptSocketId === undefined ? {} : { socket_id: exceptSocketId },
    )
  }

  return {
    async trigger(channels, event, data, { exceptSocketId }: TriggerOptions = {}) {
      if (pending + channels.length > MAX_PENDING) throw new HostedPusherBusy()
      pending += channels.length
      try {
        await Promise.all(
          channels.map((channel) => inOrder.run(channel, () => send(channel, event, data, exceptSocketId))),
        )
      } finally {
        pending -= channels.length
      }
    },
    authorizeChannel: (socketId, channel, presenceData) =>
      signatures.authorizeChannel(socketId, channel, presenceData),
  }
}

async function connect({ credentials, cluster, host, port, useTLS = true }: HostedOptions): Promise<Pusher> {
  const { default: PusherClient } = await import('pusher')
  const { appId, key, secret } = credentials
  const common = { appId, key, secret, useTLS, timeout: TIMEOUT_MS }
  if (host === undefined) return new PusherClient({ ...common, cluster })
  return new PusherClient({ ...common, host, ...(port !== undefined && { port: String(port) }) })
}
