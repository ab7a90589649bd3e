import { briefTimeOf } from '../lib/time.ts'
import { t } from '../text/index.ts'
import { CloseIcon } from '../views/icons.tsx'
import type { AccountDetails } from './account.tsx'

interface AccountSessionsProps {
  readonly account: AccountDetails
  readonly isBusy: boolean
  /** Undefined where they may not be ended. */
  readonly onEnd: ((session: string) => void) | undefined
}

/** Where an account is logged in, in whichever dialect. */
export const AccountSessions = ({ account: { sessions }, isBusy, onEnd }: AccountSessionsProps) => (
  <section>
    <h2>{t('admin.sessions')}</h2>
    {sessions.length === 0 && <p class="quiet">{t('admin.noSessions')}</p>}
    <ul class="members" aria-label={t('admin.sessions')}>
      {sessions.map((session) => (
        <SessionRow key={session.id} session={session} isBusy={isBusy} onEnd={onEnd} />
      ))}
    </ul>
  </section>
)

type SessionRowProps = Omit<AccountSessionsProps, 'account'> & {
  readonly session: AccountDetails['sessions'][number]
}

function SessionRow({ session, isBusy, onEnd }: SessionRowProps) {
  const { id, dialect, address } = session
  const device = session.device ?? t('settings.sessionUnnamed')
  const facts = { dialect, address: address ?? '–', time: briefTimeOf(session.lastUsedAt) }
  const label = t('settings.endSession', { device })
  return (
    <li>
      <span class="person-text">
        <span dir="auto">{device}</span>
        <span class="quiet">{t('admin.session', facts)}</span>
      </span>
      {onEnd && (
        <button
          type="button"
          class="icon-button"
          disabled={isBusy}
          aria-label={label}
          title={label}
          onClick={() => onEnd(id)}
        >
          <CloseIcon />
        </button>
      )}
    </li>
  )
}
