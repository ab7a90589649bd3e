import { ParlanceError } from '@parlance/client'
import { type TextKey, t } from '../text/index.ts'

const KNOWN: Readonly<Record<string, TextKey>> = {
  disconnected: 'error.disconnected',
  email_taken: 'error.emailTaken',
  forbidden: 'error.registrationClosed',
  name_taken: 'error.nameTaken',
  payload_too_large: 'error.payloadTooLarge',
  quota_exceeded: 'error.quotaExceeded',
  rate_limited: 'error.rateLimited',
  unavailable: 'error.unavailable',
  busy: 'error.unavailable',
  unreadable: 'error.unreadable',
  wrong_credentials: 'error.wrongCredentials',
}

/** A failure as a sentence for its reader. The server's own words are one too, where there are none here. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof ParlanceError)) return t('loading.failed')
  const key = KNOWN[error.code]
  return key ? t(key) : (error.errors[0]?.detail ?? error.message)
}
