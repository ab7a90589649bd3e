import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'

/** Found in tutorials and examples; a server that trusts them trusts everyone who read them. */
const DEMO_SECRETS =
  /^(secret|jwt-?_?secret|my-?_?secret(-?_?key)?|your-?_?(jwt-?_?)?secret(-?_?key)?|change-?_?me|super-?_?secret(-?_?key)?|password|test|dev|development|example|s3cr3t|keyboard cat|app[-_]?secret|0123456789.*|123456.*|default.*secret)$/i
const MIN_SECRET_LENGTH = 8
/** 256 bits in base64url are 43; below this the start-up block warns. */
export const SAFE_SECRET_LENGTH = 32

export function secretOf(settings: SettingsReader, name: string): string | undefined {
  const secret = settings.text(name)
  if (secret === undefined) return undefined
  if (DEMO_SECRETS.test(secret) || secret.length < MIN_SECRET_LENGTH) {
    throw new SettingRefusal(
      `${name} is a well-known or short secret; leave it out to have one generated, or write at least ${SAFE_SECRET_LENGTH} random characters.`,
    )
  }
  return secret
}
