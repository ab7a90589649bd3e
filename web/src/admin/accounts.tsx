import type { Client, Operations } from '@parlance/client'
import {
  deleteAccount,
  disableAccount,
  enableAccount,
  listAdministeredAccounts,
  signOutAccount,
} from '@parlance/client/operations'
import { useState } from 'preact/hooks'
import { briefTimeOf } from '../lib/time.ts'
import { t } from '../text/index.ts'
import { Question } from '../views/dialog.tsx'
import { ListSection } from './list-section.tsx'
import { useList } from './use-list.ts'

type Account = Operations['listAdministeredAccounts']['answer']['items'][number]
type Act = 'disable' | 'enable' | 'signOut'

const ACTS = { disable: disableAccount, enable: enableAccount, signOut: signOutAccount } as const

/** Everybody who has an account here, and what an administrator does about one. */
export function Accounts({ client, me, onActed }: { client: Client; me: string; onActed: () => void }) {
  const list = useList<Account>((query) => client.rest.call(listAdministeredAccounts, { query }))
  const [doomed, setDoomed] = useState<Account>()
  const afterwards = async (deed: Promise<unknown>) => {
    await deed
    onActed()
    await list.load()
  }
  const act = (a: string, what: Act) =>
    list.run(() => afterwards(client.rest.call(ACTS[what], { params: { a } })))
  const remove = (a: string) => list.run(() => afterwards(client.rest.call(deleteAccount, { params: { a } })))
  return (
    <>
      <ListSection title={t('admin.accounts')} list={list} search={t('admin.searchAccounts')}>
        {list.page?.items.map((account) => (
          <AccountRow
            key={account.id}
            account={account}
            isBusy={list.isBusy}
            mayAct={account.id !== me && !account.isAdmin && account.status !== 'removed'}
            onAct={(what) => act(account.id, what)}
            onDelete={() => setDoomed(account)}
          />
        ))}
      </ListSection>
      {doomed && (
        <Question
          question={t('admin.deleteAccount', { name: doomed.username })}
          answer={t('admin.delete')}
          onAnswer={() => remove(doomed.id)}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  )
}

interface AccountRowProps {
  readonly account: Account
  readonly isBusy: boolean
  readonly mayAct: boolean
  readonly onAct: (what: Act) => void
  readonly onDelete: () => void
}

function AccountRow({ account, isBusy, mayAct, onAct, onDelete }: AccountRowProps) {
  const { username, displayName, status, isAdmin, lastSeenAt } = account
  const standing = isAdmin ? t('admin.isAdmin') : t(`admin.status.${status}`)
  const toggle: Act = status === 'disabled' ? 'enable' : 'disable'
  return (
    <li class="admin-row">
      <span class="person-text">
        <span dir="auto">{displayName}</span>
        <span class="quiet">
          {t('admin.account', { name: username, standing, time: briefTimeOf(lastSeenAt) })}
        </span>
      </span>
      {mayAct && (
        <fieldset class="buttons" aria-label={username}>
          <button type="button" disabled={isBusy} onClick={() => onAct(toggle)}>
            {t(`admin.${toggle}`)}
          </button>
          <button type="button" disabled={isBusy} onClick={() => onAct('signOut')}>
            {t('admin.signOut')}
          </button>
          {status !== 'guest' && (
            <button type="button" class="danger" disabled={isBusy} onClick={onDelete}>
              {t('admin.delete')}
            </button>
          )}
        </fieldset>
      )}
    </li>
  )
}
