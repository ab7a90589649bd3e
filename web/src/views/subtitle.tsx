import type { Client, Listing } from '@parlance/client'
import { useObservable } from '../lib/use-observable.ts'
import { count, t } from '../text/index.ts'

/** The line under a conversation's name: whether the other one is online, or how many are in it, and the topic. */
export function Subtitle({ client, listing, me }: { client: Client; listing: Listing; me: string }) {
  const isOnline = useObservable(client.isOnline(listing.other?.id ?? me))
  const isKnown = useObservable(client.connection).phase === 'live'
  // Without a connection nobody knows: the bar below says that.
  if (listing.kind === 'private')
    return (
      <p class="quiet">{isKnown ? t(isOnline ? 'conversation.online' : 'conversation.offline') : '\u00a0'}</p>
    )
  const members = count(listing.memberCount, {
    one: 'conversation.members.one',
    other: 'conversation.members.other',
  })
  return (
    <p class="quiet" dir="auto">
      {listing.topic ? `${members} · ${listing.topic}` : members}
    </p>
  )
}
