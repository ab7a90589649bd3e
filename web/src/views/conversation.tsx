import type { Client, OwnAccount } from '@parlance/client'
import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Intent } from '../composer/intent.ts'
import { isOwnEscape } from '../lib/escape.ts'
import { nameOf, titleOf } from '../lib/names.ts'
import { useObservable } from '../lib/use-observable.ts'
import type { Jumps } from '../list/use-jumps.ts'
import { isPaneAbove } from '../state/narrow.ts'
import { closePane, openPane, type Pane, pathTo } from '../state/route.ts'
import { t } from '../text/index.ts'
import { Announcer } from './announcer.tsx'
import { Composer } from './composer/composer.tsx'
import { BackIcon, InfoIcon, PinIcon } from './icons.tsx'
import { Skeleton } from './loading.tsx'
import { MessageList } from './message-list.tsx'
import { Missing } from './missing.tsx'
import { NotAllowed } from './not-allowed.tsx'
import { ConversationPane } from './panes/conversation-pane.tsx'
import { Subtitle } from './subtitle.tsx'
import { Typing } from './typing.tsx'

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

/** Whether somebody has written there what Escape is not to leave. */
const hasText = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement && target.value !== ''
