import type { Client, Operations } from '@parlance/client'
import { endAdministeredSession, getAdministeredAccount } from '@parlance/client/operations'
import { useEffect, useState } from 'preact/hooks'
import { useDeed } from '../lib/busy.ts'
import { sizeText } from '../lib/size.ts'
import { datedTimeOf } from '../lib/time.ts'
import { locale, t } from '../text/index.ts'
import { Avatar } from '../views/avatar.tsx'
import { Loading } from '../views/loading.tsx'
import { AccountActs } from './account-acts.tsx'
import { AccountSessions } from './account-sessions.tsx'
import { type Fact, FactList } from './fact-list.tsx'
import { standingOf } from './standing.ts'

export type AccountDetails = Operations['getAdministeredAccount']['answer']

interface AccountProps {
  readonly client: Client
  readonly me: string
  /** The account's. */
  readonly id: string
}

/** One account: who it is, how much it has, where it is logged in, and what an administrator does about it. */
export function Account({ client, me, id }: AccountProps) {
  const [account, setAccount] = useState<AccountDetails>()
  const { isBusy, failure, run } = useDeed()
  const load = async () => setAccount(await client.rest.call(getAdministeredAccount, { params: { a: id } }))
  useEffect(() => {
    run(load)
  }, [client, id])
  const act = (deed: () => Promise<unknown>) =>
    run(async () => {
      await deed()
      await load()
    })
  const end = (s: string) => act(() => client.rest.call(endAdministeredSession, { params: { a: id, s } }))
  const mayAct = account && account.id !== me && !account.isAdmin && account.status !== 'removed'
  return (
    <>
      {/* A failure that leaves something to look at stands beside what failed. */}
      <Loading
        isBusy={isBusy && !account}
        failure={account ? undefined : failure}
        onRetry={() => run(load)}
      />
      {account && (
        <>
          <Portrait account={account} />
          <Facts account={account} />
          <AccountSessions account={account} isBusy={isBusy} onEnd={mayAct ? end : undefined} />
          <AccountActs client={client} me={me} account={account} isBusy={isBusy} act={act} />
          <p class="failure" role="alert">
            {failure}
          </p>
        </>
      )}
    </>
  )
}

const Portrait = ({ account }: { account: AccountDetails }) => (
  <section class="account-head">
    <Avatar id={account.id} name={account.displayName} />
    <span class="person-text">
      <span dir="auto">{account.displayName}</span>
      <span class="quiet">
        @{account.username} · {standingOf(account)}
      </span>
    </span>
  </section>
)

function Facts({ account }: { account: AccountDetails }) {
  const number = (value: number) => new Intl.NumberFormat(locale.value).format(value)
  const facts: readonly Fact[] = [
    ...(account.email === null ? [] : [[t('admin.email'), account.email] as const]),
    [t('admin.created'), datedTimeOf(account.createdAt)],
    [t('admin.lastSeen'), datedTimeOf(account.lastSeenAt)],
    [t('admin.conversations'), number(account.conversations)],
    [t('admin.messages'), number(account.messages)],
    [t('admin.contacts'), number(account.contacts)],
    [t('admin.files'), number(account.files)],
    [t('admin.fileBytes'), sizeText(account.fileBytes)],
  ]
  return (
    <section>
      <h2>{t('admin.facts')}</h2>
      <FactList facts={facts} />
    </section>
  )
}
