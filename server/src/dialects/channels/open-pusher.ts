import { createHostedPublisher, createPusherServer } from '../../pusher/index.ts'
import type { DialectParts } from '../dialect-row.ts'
import { type PusherSettings, pusherCredentials } from './pusher-settings.ts'

type PusherParts = Pick<
  DialectParts,
  'bus' | 'clock' | 'limits' | 'addressOf' | 'log' | 'metrics' | 'secrets'
>

/** Hosted Pusher where a cluster is named, else the server of our own. */
export function openPusher(parts: PusherParts, settings: PusherSettings) {
  const { bus, clock, limits, addressOf, log, metrics, secrets } = parts
  const { cluster, webhookUrl, subscriptionCounts, maxConnections } = settings
  const credentials = pusherCredentials(settings, secrets)
  if (cluster) {
    return { mode: 'hosted', publisher: createHostedPublisher({ credentials, cluster }) } as const
  }
  const server = createPusherServer({
    ...{ bus, clock, credentials, limits, addressOf, log, subscriptionCounts },
    ...(webhookUrl && { webhookUrl }),
    ...(maxConnections !== undefined && { connectionQuota: maxConnections }),
    onWebhookDropped: (reason, count) => metrics.countDroppedWebhooks(reason, count),
  })
  return { mode: 'built-in', server } as const
}
