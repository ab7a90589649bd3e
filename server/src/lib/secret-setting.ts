import { SettingRefusal, type SettingsReader } from './settings.ts'

/**
 * Secrets that are printed in public: FastAPI's tutorial, Pusher's documentation, a well-known stack's local
 * development, Laravel's and Express's examples.
 */
const PUBLISHED: ReadonlySet<string> = new Set([
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
  '7ad3773142a6692b25b8',
  'super-secret-jwt-token-with-at-least-32-characters-long',
  'tempstringhardtoguess',
  'keyboard cat',
])

/** Words of examples and placeholders, such as "this is a demo jwt secret", which chatapp's original publishes. */
const WORDS =
  'a an and app application as at auth backend be better bit bits bytes change changed changing channels char ' +
  'character characters chars chat chosen code config default demo demonstration dev development do dummy ' +
  'encryption enter env example fallback flask fastapi for from generate guess hard here hex hmac hs256 hs512 in ' +
  'insert is it json jwt keep key keys later least local long longer make me messenger minimum must my never no ' +
  'not of once only or our pass phrase placeholder please private prod production project provide public put ' +
  'pusher random real really replace replaced rooms s3cr3t safe sample secret secrets secure server session set ' +
  'should signature signing some squirrel strong sure string super the then thing this to token tokens top ' +
  'tutorial ultra update use using value very web with word you your 16 24 32 48 64 123 128 256 512'

/** Marks of a placeholder: a text without any of these words may be a phrase of somebody's own. */
const TELLING = /secret|s3cr3t|key|token|jwt|pass|demo|example|sample|change|default|placeholder|replace|your/
const SIMPLE =
  /^(test[-_ ]?((jwt|secret|token|key|app)[-_ ]?)*|0123456789.*|123456.*|development|default.*secret)$/
const MIN_SECRET_LENGTH = 8
/** 256 bits in base64url are 43; below this the start-up block warns. */
export const SAFE_SECRET_LENGTH = 32

/** Refuses a secret that is known or can be guessed. */
export function secretOf<Name extends string>(
  settings: SettingsReader<Name>,
  name: Name,
): string | undefined {
  const secret = settings.text(name)
  if (secret === undefined) return undefined
  if (secret.length < MIN_SECRET_LENGTH || isKnown(secret.toLowerCase())) {
    throw new SettingRefusal(
      `${name} is a well-known or short secret; leave it out to have one generated, or write at least ${SAFE_SECRET_LENGTH} random characters.`,
    )
  }
  return secret
}

/** Whether a secret is public knowledge: a server that uses one trusts everyone who has read it. */
const isKnown = (secret: string): boolean =>
  PUBLISHED.has(secret) || SIMPLE.test(secret) || (TELLING.test(secret) && isMadeOfWords(secret))

/** Allows signs, or nothing, between the words. A regular expression would take exponential time for some texts. */
function isMadeOfWords(text: string): boolean {
  const words = WORDS.split(' ')
  const ends = new Set([0])
  for (let at = 0; at < text.length; at++) {
    if (!ends.has(at)) continue
    if (!/[a-z0-9]/.test(text[at] ?? '')) ends.add(at + 1)
    for (const word of words) if (text.startsWith(word, at)) ends.add(at + word.length)
  }
  return ends.has(text.length)
}
