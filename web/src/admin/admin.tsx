import type { Client } from '@parlance/client'
import { useState } from 'preact/hooks'
import { Accounts } from './accounts.tsx'
import { Acts } from './acts.tsx'
import { Conversations } from './conversations.tsx'
import { Figures } from './figures.tsx'

/** All that an administrator sees, in the order in which it is looked for. */
export function Admin({ client, me }: { client: Client; me: string }) {
  const [acted, setActed] = useState(0)
  const onActed = () => setActed((before) => before + 1)
  return (
    <>
      <Figures client={client} />
      <Accounts client={client} me={me} onActed={onActed} />
      <Conversations client={client} onActed={onActed} />
      <Acts client={client} acted={acted} />
    </>
  )
}
