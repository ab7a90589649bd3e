import type { Client, Operations } from '@parlance/client'
import { listAdministeredAccounts } from '@parlance/client/operations'
import { briefTimeOf } from '../lib/time.ts'
import { pathTo } from '../state/route.ts'
import { t } from '../text/index.ts'
import { Avatar } from '../views/avatar.tsx'
import { ListSection } from './list-section.tsx'
import { standingOf } from './standing.ts'
import { useList } from './use-list.ts'

type Account = Operations['listAdministeredAccounts']['answer']['items'][number]

/** The name that was sought last: the list is the same again after a look at one account. */
const kept = { sought: '' }

/** Everybody who has an account here, each of which leads to what an administrator does about it. */
export function Accounts({ client }: { client: Client }) {
  const list = useList<Account>((query) => client.rest.call(listAdministeredAccounts, { query }), kept)
  return (
    <ListSection title={t('admin.accounts')} list={list} search={t('admin.searchAccounts')}>
      {list.page?.items.map((account) => (
        <AccountRow key={account.id} account={account} />
      ))}
    </ListSection>
  )
}

function AccountRow({ account }: { account: Account }) {
  const { id, username, displayName, lastSeenAt } = account
  const facts = { name: username, standing: standingOf(account), time: briefTimeOf(lastSeenAt) }
  return (
    <li>
      <a class="person" href={pathTo({ at: 'admin', account: id })}>
        <Avatar id={id} name={displayName} />
        <span class="person-text">
          <span dir="auto">{displayName}</span>
          <span class="quiet">{t('admin.account', facts)}</span>
        </span>
      </a>
    </li>
  )
}
