import { secretOf } from '../../lib/secret-setting.ts'
import { SettingRefusal, type SettingsReader } from '../../lib/settings.ts'
import type { Secrets } from '../../secrets/index.ts'

/** The Pusher server here, or the hosted one. */
export interface PusherSettings {
  readonly appId: string | undefined
  readonly key: string | undefined
  readonly secret: string | undefined
  /** Set: events go to hosted Pusher and the built-in server is off. */
  readonly cluster: string | undefined
  readonly webhookUrl: string | undefined
  readonly subscriptionCounts: boolean
  /** Connections of the application, over all nodes. */
  readonly maxConnections: number | undefined
}

export const PUSHER_NAMES = [
  'PUSHER_APP_ID',
  'PUSHER_KEY',
  'PUSHER_SECRET',
  'PUSHER_CLUSTER',
  'PUSHER_WEBHOOK_URL',
  'PUSHER_SUBSCRIPTION_COUNTS',
  'PUSHER_MAX_CONNECTIONS',
] as const

export const pusherCredentials = ({ appId, key, secret }: PusherSettings, secrets: Secrets) => ({
  appId: appId ?? secrets.pusherAppId,
  key: key ?? secrets.pusherKey,
  secret: secret ?? secrets.pusherSecret,
})

export function pusherOf(settings: SettingsReader<(typeof PUSHER_NAMES)[number]>): PusherSettings {
  const cluster = settings.text('PUSHER_CLUSTER')
  const [appId, key] = [settings.text('PUSHER_APP_ID'), settings.text('PUSHER_KEY')]
  // Hosted Pusher makes its own.
  const secret = cluster ? settings.text('PUSHER_SECRET') : secretOf(settings, 'PUSHER_SECRET')
  const webhookUrl = settings.text('PUSHER_WEBHOOK_URL')
  if (cluster && !(appId && key && secret)) {
    throw new SettingRefusal(
      'PUSHER_CLUSTER sends events to hosted Pusher, so PUSHER_APP_ID, PUSHER_KEY and PUSHER_SECRET must be set too.',
    )
  }
  for (const [name, value] of [
    ['PUSHER_APP_ID', appId],
    ['PUSHER_KEY', key],
  ] as const) {
    if (value && !/^[-a-zA-Z0-9_]{1,64}$/.test(value)) {
      throw new SettingRefusal(`${name} stands in addresses; write at most 64 letters, digits, - or _.`)
    }
  }
  if (webhookUrl && !isHttpAddress(webhookUrl)) {
    // The refusal leaves out the text, which may hold a password.
    throw new SettingRefusal(
      'PUSHER_WEBHOOK_URL must be an address such as https://example.org/pusher-webhook.',
    )
  }
  for (const name of [
    'PUSHER_WEBHOOK_URL',
    'PUSHER_SUBSCRIPTION_COUNTS',
    'PUSHER_MAX_CONNECTIONS',
  ] as const) {
    if (!cluster || settings.text(name) === undefined) continue
    throw new SettingRefusal(
      `${name} belongs to the built-in server, which PUSHER_CLUSTER turns off; set one of the two.`,
    )
  }
  const subscriptionCounts = settings.flag('PUSHER_SUBSCRIPTION_COUNTS') ?? true
  const maxConnections = settings.integer('PUSHER_MAX_CONNECTIONS', { from: 1, to: 100_000_000 })
  return { appId, key, secret, cluster, webhookUrl, subscriptionCounts, maxConnections }
}

/** Whether it is an HTTP address. Port 0 is refused, because nothing listens on it. */
function isHttpAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.port !== '0'
}
