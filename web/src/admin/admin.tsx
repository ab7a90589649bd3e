import type { Client } from '@parlance/client'
import { useState } from 'preact/hooks'
import { Account } from './account.tsx'
import { Accounts } from './accounts.tsx'
import { Acts } from './acts.tsx'
import { BackUp } from './back-up.tsx'
import { Conversations } from './conversations.tsx'
import { Figures } from './figures.tsx'

interface AdminProps {
  readonly client: Client
  readonly me: string
  /** The id of the account that is looked at alone. */
  readonly account: string | undefined
}

export const Admin = ({ client, me, account }: AdminProps) =>
  account === undefined ? <Overview client={client} /> : <Account client={client} me={me} id={account} />

/** All that an administrator sees, in the order in which it is looked for. */
function Overview({ client }: { client: Client }) {
  const [acted, setActed] = useState(0)
  const onActed = () => setActed((before) => before + 1)
  return (
    <>
      <Figures client={client} />
      <BackUp client={client} onActed={onActed} />
      <Accounts client={client} />
      <Conversations client={client} onActed={onActed} />
      <Acts client={client} acted={acted} />
    </>
  )
}
