import type { Client, Listing, OwnAccount } from '@parlance/client'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Intent } from '../composer/intent.ts'
import { isOwnEscape } from '../lib/escape.ts'
import { nameOf, titleOf } from '../lib/names.ts'
import { useObservable } from '../lib/use-observable.ts'
import type { Jumps } from '../list/use-jumps.ts'
import { isPaneAbove } from '../state/narrow.ts'
import { closePane, openPane, type Pane, pathTo } from '../state/route.ts'
import { count, t } from '../text/index.ts'
import { Announcer } from './announcer.tsx'
import { Composer } from './composer/composer.tsx'
import { BackIcon, InfoIcon, PinIcon } from './icons.tsx'
import { Skeleton } from './loading.tsx'
import { MessageList } from './message-list.tsx'
import { NotAllowed } from './not-allowed.tsx'
import { ConversationPane } from './panes/conversation-pane.tsx'

interface ConversationProps {
  readonly client: Client
  readonly account: OwnAccount
  readonly id: string
  /** The message that it is to open at. */
  readonly target: number | undefined
  readonly pane: Pane | undefined
}

/** One conversation: what was said in it, and the place to say more. */
export function Conversation({ client, account, id, target, pane }: ConversationProps) {
  const place = client.conversation(id)
  const listing = useObservable(place.listing)
  const { phase } = useObservable(client.connection)
  const [intent, setIntent] = useState<Intent>({ is: 'write' })
  const list = useRef<Jumps>(null)
  if (!listing)
    return (
      <main class="conversation">
        <header class="bar">
          <a class="icon-button back" href={pathTo({ at: 'list' })} aria-label={t('conversation.back')}>
            <BackIcon />
          </a>
        </header>
        {phase === 'live' ? <Missing key={id} /> : <Skeleton rows={6} />}
      </main>
    )
  const title = titleOf(listing)
  const editLast = () => {
    const last = place.timeline
      .get()
      .items.findLast((item) => item.kind === 'message' && item.message.sender.id === account.id)
    if (last?.kind === 'message') setIntent({ is: 'edit', item: last })
  }
  const jump = (seq: number) => {
    if (isPaneAbove.value) closePane()
    list.current?.toMessage(seq)
  }
  return (
    <>
      <main
        class="conversation"
        aria-label={title}
        inert={pane !== undefined && isPaneAbove.value}
        onKeyDown={(event) => {
          if (!isOwnEscape(event) || hasText(event.target)) return
          event.preventDefault()
          list.current?.toLatest()
        }}
      >
        <header class="bar">
          <a class="icon-button back" href={pathTo({ at: 'list' })} aria-label={t('conversation.back')}>
            <BackIcon />
          </a>
          <div class="bar-text">
            <h1 dir="auto">{title}</h1>
            <Subtitle client={client} listing={listing} me={account.id} />
          </div>
          <PaneButton is="pins" shown={pane} label={t('pins.title')}>
            <PinIcon />
          </PaneButton>
          <PaneButton is="details" shown={pane} label={t('conversation.details')}>
            <InfoIcon />
          </PaneButton>
        </header>
        <MessageList
          key={id}
          client={client}
          place={place}
          listing={listing}
          target={target}
          controls={list}
          me={account.id}
          myName={nameOf(account)}
          onReply={(item) => setIntent({ is: 'reply', item })}
          onEdit={(item) => setIntent({ is: 'edit', item })}
        />
        <Announcer client={client} id={id} me={account.id} />
        <Typing client={client} id={id} listing={listing} />
        {listing.can.includes('send') ? (
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
        ) : (
          <NotAllowed listing={listing} />
        )}
      </main>
      {pane && (
        <ConversationPane
          client={client}
          account={account}
          place={place}
          listing={listing}
          pane={pane}
          onJump={jump}
        />
      )}
    </>
  )
}

interface PaneButtonProps {
  readonly is: 'pins' | 'details'
  readonly shown: Pane | undefined
  readonly label: string
  readonly children: ComponentChildren
}

/** Opens a pane, and closes it again. */
const PaneButton = ({ is, shown, label, children }: PaneButtonProps) => (
  <button
    type="button"
    class="icon-button"
    aria-label={label}
    title={label}
    aria-expanded={shown?.is === is}
    onClick={() => (shown?.is === is ? closePane() : openPane({ is }))}
  >
    {children}
  </button>
)

/** Milliseconds for which a conversation that is not known is looked for. */
const SOUGHT_MS = 2_000

/** A conversation that is not among one's own: it is asked for once more before that is said. */
function Missing() {
  const [isGone, setGone] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setGone(true), SOUGHT_MS)
    return () => clearTimeout(timer)
  }, [])
  if (!isGone) return <Skeleton rows={6} />
  return (
    <div class="empty-state" role="alert">
      <h1>{t('conversation.notFoundTitle')}</h1>
      <p>{t('conversation.notFound')}</p>
      <a class="button" href={pathTo({ at: 'list' })}>
        {t('conversation.back')}
      </a>
    </div>
  )
}

/** Whether somebody has written there what Escape is not to leave. */
const hasText = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement && target.value !== ''

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
    <p class="typing quiet" dir="auto">
      {text}
    </p>
  )
}
