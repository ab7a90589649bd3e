import type { Client } from '@parlance/client'
import { t } from '../../text/index.ts'

interface FailedProps {
  readonly client: Client
  readonly clientId: string
  readonly why: string
}

/** Says why something was not sent, and lets it be sent again or given up. */
export const Failed = ({ client, clientId, why }: FailedProps) => (
  <p class="failure" role="alert">
    {t('message.failed', { why })}{' '}
    <button type="button" class="link" onClick={() => client.outbox.retry(clientId)}>
      {t('message.retry')}
    </button>{' '}
    <button type="button" class="link" onClick={() => client.outbox.discard(clientId)}>
      {t('message.discard')}
    </button>
  </p>
)
