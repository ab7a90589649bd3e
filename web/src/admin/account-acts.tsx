import type { Client } from '@parlance/client'
import { deleteAccount, disableAccount, enableAccount, signOutAccount } from '@parlance/client/operations'
import { useState } from 'preact/hooks'
import { t } from '../text/index.ts'
import { Question } from '../views/dialog.tsx'
import type { AccountDetails } from './account.tsx'

const ACTS = { disable: disableAccount, enable: enableAccount, signOut: signOutAccount } as const

interface AccountActsProps {
  readonly client: Client
  readonly me: string
  readonly account: AccountDetails
  readonly isBusy: boolean
  readonly act: (deed: () => Promise<unknown>) => Promise<void>
}

/** The acts of an administrator on an account, or why there are none. */
export function AccountActs({ client, me, account, isBusy, act }: AccountActsProps) {
  const [isAsking, setAsking] = useState(false)
  const { id: a, username: name, status } = account
  const run = (what: keyof typeof ACTS) => act(() => client.rest.call(ACTS[what], { params: { a } }))
  const why = whyNot(account, me)
  if (why !== undefined)
    return (
      <section>
        <h2>{t('admin.acts')}</h2>
        <p class="quiet">{why}</p>
      </section>
    )
  const toggle = status === 'disabled' ? 'enable' : 'disable'
  return (
    <section>
      <h2>{t('admin.acts')}</h2>
      <p class="quiet">{t(`admin.${toggle}Means`)}</p>
      <div class="buttons">
        <button type="button" disabled={isBusy} onClick={() => run(toggle)}>
          {t(`admin.${toggle}`)}
        </button>
        <button
          type="button"
          disabled={isBusy || account.sessions.length === 0}
          onClick={() => run('signOut')}
        >
          {t('admin.signOutEverywhere')}
        </button>
        {status !== 'guest' && (
          <button type="button" class="danger" disabled={isBusy} onClick={() => setAsking(true)}>
            {t('admin.delete')}
          </button>
        )}
      </div>
      {isAsking && (
        <Question
          question={t('admin.deleteAccount', { name })}
          answer={t('admin.delete')}
          onAnswer={() => act(() => client.rest.call(deleteAccount, { params: { a } }))}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  )
}

function whyNot({ id, isAdmin, status }: AccountDetails, me: string): string | undefined {
  if (id === me) return t('admin.notOnYourself')
  if (isAdmin) return t('admin.notOnAdmins')
  return status === 'removed' ? t('admin.notOnRemoved') : undefined
}
