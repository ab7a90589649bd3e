import type { Client, Operations } from '@parlance/client'
import { endSession, listSessions } from '@parlance/client/operations'
import { useEffect, useState } from 'preact/hooks'
import { useDeed } from '../../lib/busy.ts'
import { briefTimeOf } from '../../lib/time.ts'
import { t } from '../../text/index.ts'
import { CloseIcon } from '../icons.tsx'
import { Loading } from '../loading.tsx'

type Session = Operations['listSessions']['answer']['items'][number]

/** The account's log-ins, each of which can be ended from here. */
export function Sessions({ client }: { client: Client }) {
  const [sessions, setSessions] = useState<readonly Session[]>()
  const { isBusy, failure, run } = useDeed()
  const load = async () => setSessions((await client.rest.call(listSessions, {})).items)
  useEffect(() => {
    run(load)
  }, [client])
  const end = (s: string) =>
    run(async () => {
      await client.rest.call(endSession, { params: { s } })
      await load()
    })
  return (
    <section>
      <h2>{t('settings.sessions')}</h2>
      <Loading isBusy={isBusy && !sessions} failure={failure} onRetry={() => run(load)} />
      <ul class="members" aria-label={t('settings.sessions')}>
        {sessions?.map((session) => (
          <SessionRow key={session.id} session={session} isBusy={isBusy} onEnd={() => end(session.id)} />
        ))}
      </ul>
    </section>
  )
}

interface SessionRowProps {
  readonly session: Session
  readonly isBusy: boolean
  readonly onEnd: () => void
}

function SessionRow({ session, isBusy, onEnd }: SessionRowProps) {
  const device = session.device ?? t('settings.sessionUnnamed')
  const from = { address: session.address ?? '–', time: briefTimeOf(session.lastUsedAt) }
  const label = t('settings.endSession', { device })
  return (
    <li>
      <span class="person-text">
        <span dir="auto">
          {device}
          {session.isCurrent && <b class="quiet"> · {t('settings.sessionThis')}</b>}
        </span>
        <span class="quiet">{t('settings.sessionFrom', from)}</span>
      </span>
      {!session.isCurrent && (
        <button
          type="button"
          class="icon-button"
          disabled={isBusy}
          aria-label={label}
          title={label}
          onClick={onEnd}
        >
          <CloseIcon />
        </button>
      )}
    </li>
  )
}
