import type { Client, ConversationHandle, Listing, OwnAccount } from '@parlance/client'
import type { Pane } from '../../state/route.ts'
import { Details } from './details.tsx'
import { PersonPane } from './person-pane.tsx'
import { PinsPane } from './pins-pane.tsx'
import { ThreadPane } from './thread-pane.tsx'

interface ConversationPaneProps {
  readonly client: Client
  readonly account: OwnAccount
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly pane: Pane
  /** Shows a message in the list. */
  readonly onJump: (seq: number) => void
}

/** The pane that the address names. */
export function ConversationPane({ client, account, place, listing, pane, onJump }: ConversationPaneProps) {
  switch (pane.is) {
    case 'details':
      return <Details client={client} place={place} listing={listing} me={account.id} />
    case 'pins':
      return <PinsPane client={client} id={place.id} mayPin={listing.can.includes('pin')} onJump={onJump} />
    case 'thread':
      return (
        <ThreadPane
          key={pane.seq}
          client={client}
          account={account}
          place={place}
          listing={listing}
          seq={pane.seq}
          onJump={onJump}
        />
      )
    case 'person':
      return <PersonPane key={pane.id} client={client} me={account.id} id={pane.id} />
  }
}
