import { ParlanceError } from '@parlance/client'
import { type TextKey, t } from '../text/index.ts'

const KNOWN: Readonly<Record<string, TextKey>> = {
  conflict: 'error.conflict',
  disconnected: 'error.disconnected',
  email_taken: 'error.emailTaken',
  forbidden: 'error.forbidden',
  message_refused: 'error.messageRefused',
  name_taken: 'error.nameTaken',
  not_a_member: 'error.notFound',
  not_found: 'error.notFound',
  registration_closed: 'error.registrationClosed',
  payload_too_large: 'error.payloadTooLarge',
  quota_exceeded: 'error.quotaExceeded',
  rate_limited: 'error.rateLimited',
  unavailable: 'error.unavailable',
  busy: 'error.unavailable',
  unreadable: 'error.unreadable',
  wrong_credentials: 'error.wrongCredentials',
  // Said here, where somebody has to repeat the password.
  wrong_password: 'error.wrongPassword',
}

/** A failure as a sentence for its reader. The server's own words are one too, where there are none here. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof ParlanceError)) return t('loading.failed')
  if (error.errors[0]?.pointer === '#/cookie') return t('auth.plainPage')
  const key = KNOWN[error.code]
  return key ? t(key) : (error.errors[0]?.detail ?? error.message)
}
