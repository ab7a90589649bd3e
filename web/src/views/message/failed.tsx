import { type Client, type Entry, ParlanceError } from '@parlance/client'
import { sentenceOf } from '../../lib/sentence.ts'
import { t } from '../../text/index.ts'

interface FailedProps {
  readonly client: Client
  readonly clientId: string
  readonly failure: Entry['failure']
}

/** Says why something was not sent, and lets it be sent again or given up. */
export const Failed = ({ client, clientId, failure }: FailedProps) => (
  <p class="failure" role="alert">
    {t('message.failed', {
      why: sentenceOf(new ParlanceError(failure?.code ?? '', failure)),
    })}{' '}
    <button type="button" class="link" onClick={() => client.outbox.retry(clientId)}>
      {t('message.retry')}
    </button>{' '}
    <button type="button" class="link" onClick={() => client.outbox.discard(clientId)}>
      {t('message.discard')}
    </button>
  </p>
)
