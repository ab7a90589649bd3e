import type { Client, Listing, OwnAccount } from '@parlance/client'
import { useEffect, useState } from 'preact/hooks'
import { nameOf, titleOf } from '../lib/names.ts'
import { useObservable } from '../lib/use-observable.ts'
import { pathTo } from '../state/route.ts'
import { count, t } from '../text/index.ts'
import { Composer, type Intent } from './composer.tsx'
import { Details } from './details.tsx'
import { BackIcon, InfoIcon } from './icons.tsx'
import { MessageList } from './message-list.tsx'

interface ConversationProps {
  readonly client: Client
  readonly account: OwnAccount
  readonly id: string
  /** The message that it is to open at. */
  readonly target: number | undefined
}

/** One conversation: what was said in it, and the place to say more. */
export function Conversation({ client, account, id, target }: ConversationProps) {
  const place = client.conversation(id)
  const listing = useObservable(place.listing)
  const { phase } = useObservable(client.connection)
  const [intent, setIntent] = useState<Intent>({ is: 'write' })
  const [hasDetails, setDetails] = useState(false)
  useEffect(() => {
    if (listing) client.watch({ conversations: [id], accounts: watchedOf(client, listing) })
  }, [id, listing === undefined, phase === 'live'])
  if (!listing)
    return (
      <main class="conversation">
        <header class="bar">
          <a class="icon-button back" href={pathTo({ at: 'list' })} aria-label={t('conversation.back')}>
            <BackIcon />
          </a>
        </header>
        <p class="empty-state">{phase === 'live' ? t('conversation.notFound') : ''}</p>
      </main>
    )
  const title = titleOf(listing)
  const editLast = () => {
    const last = place.timeline
      .get()
      .items.findLast((item) => item.kind === 'message' && item.message.sender.id === account.id)
    if (last?.kind === 'message') setIntent({ is: 'edit', item: last })
  }
  return (
    <>
      <main class="conversation" aria-label={title}>
        <header class="bar">
          <a class="icon-button back" href={pathTo({ at: 'list' })} aria-label={t('conversation.back')}>
            <BackIcon />
          </a>
          <div class="bar-text">
            <h1 dir="auto">{title}</h1>
            <Subtitle client={client} listing={listing} me={account.id} />
          </div>
          <button
            type="button"
            class="icon-button"
            aria-label={t('conversation.details')}
            title={t('conversation.details')}
            aria-expanded={hasDetails}
            onClick={() => setDetails(!hasDetails)}
          >
            <InfoIcon />
          </button>
        </header>
        <MessageList
          key={id}
          client={client}
          place={place}
          listing={listing}
          target={target}
          me={account.id}
          myName={nameOf(account)}
          onReply={(item) => setIntent({ is: 'reply', item })}
          onEdit={(item) => setIntent({ is: 'edit', item })}
        />
        <Typing client={client} id={id} listing={listing} />
        {listing.can.includes('send') && (
          <Composer
            key={id}
            client={client}
            place={place}
            listing={listing}
            me={account.id}
            title={title}
            intent={intent}
            onIntent={setIntent}
            editLast={editLast}
          />
        )}
      </main>
      {hasDetails && (
        <Details
          client={client}
          place={place}
          listing={listing}
          me={account.id}
          onClose={() => setDetails(false)}
        />
      )}
    </>
  )
}

/** Those whose presence a list shows: the other one of each private conversation, the most active first. */
const watchedOf = (client: Client, current: Listing): readonly string[] =>
  [current, ...client.conversations.get().items].flatMap(({ other }) => other?.id ?? []).slice(0, 200)

function Subtitle({ client, listing, me }: { client: Client; listing: Listing; me: string }) {
  const isOnline = useObservable(client.isOnline(listing.other?.id ?? me))
  if (listing.kind === 'private')
    return <p class="quiet">{t(isOnline ? 'conversation.online' : 'conversation.offline')}</p>
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

function Typing({ client, id, listing }: { client: Client; id: string; listing: Listing }) {
  const place = client.conversation(id)
  const ids = useObservable(place.typing)
  const { items } = useObservable(place.timeline)
  const names = ids.map((account) => {
    if (listing.other?.id === account) return nameOf(listing.other)
    const said = items.findLast((item) => item.kind === 'message' && item.message.sender.id === account)
    return said?.kind === 'message' ? nameOf(said.message.sender) : '…'
  })
  const [name = '', other = ''] = names
  const text =
    names.length === 0
      ? ''
      : names.length === 1
        ? t('conversation.typing.one', { name })
        : names.length === 2
          ? t('conversation.typing.two', { name, other })
          : t('conversation.typing.many')
  return (
    <p class="typing quiet" role="status" dir="auto">
      {text}
    </p>
  )
}
