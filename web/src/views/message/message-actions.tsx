import type { Client, ConversationHandle, Listing, Message } from '@parlance/client'
import { pinMessage, unpinMessage } from '@parlance/client/operations'
import { useId, useRef, useState } from 'preact/hooks'
import { askForEmoji } from '../../emoji/ask.ts'
import { MOST_READ } from '../../lib/use-readers.ts'
import { attempt, copy } from '../../state/notice.ts'
import { openPane, pathTo } from '../../state/route.ts'
import { t } from '../../text/index.ts'
import { Question } from '../dialog.tsx'
import { MoreIcon, ReplyIcon, SmileIcon } from '../icons.tsx'
import { MenuList } from '../menu.tsx'
import { Readers } from './readers.tsx'

/** The reactions that are one press away. */
const QUICK = ['👍', '❤️', '😂', '🎉', '😮', '😢', '👀', '✅'] as const

interface MessageActionsProps {
  readonly client: Client
  /** Whether it is shown in the pane of a thread. */
  readonly isInThread: boolean
  /** Whether the Tab key leads to its buttons. */
  readonly isReachable: boolean
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly message: Message
  readonly own: readonly string[]
  readonly me: string
  readonly onReply: () => void
  readonly onEdit: () => void
}

/** The deeds that are possible with a message: beside it on hover and on focus, and as one button on touch. */
export function MessageActions(props: MessageActionsProps) {
  const { client, isInThread, isReachable, place, listing, message, own, me, onReply, onEdit } = props
  const [isAsking, setAsking] = useState(false)
  const [hasReaders, setReaders] = useState(false)
  const menu = useRef<HTMLDivElement>(null)
  const isOwn = message.sender.id === me
  const may = (action: string) => listing.can.includes(action)
  const mayDelete = isOwn ? may('deleteOwn') : may('deleteOthers')
  const done = (deed: () => void) => () => {
    menu.current?.hidePopover()
    deed()
  }
  const askForOther = () => {
    // The button beside the menu: the menu is gone by then.
    const anchor = menu.current?.previousElementSibling
    if (anchor instanceof HTMLElement) askForEmoji(anchor, (key) => place.react(message.seq, key))
  }
  const id = useId()
  const tabIndex = isReachable ? 0 : -1
  const { seq } = message
  const isPinned = message.pinnedAt !== null
  const pin = () =>
    attempt(
      () => client.rest.call(isPinned ? unpinMessage : pinMessage, { params: { c: place.id, seq } }),
      t(isPinned ? 'message.unpinned' : 'message.nowPinned'),
    )
  const link = `${location.origin}/${pathTo({ at: 'conversation', id: place.id, seq })}`
  return (
    <div class="actions" role="toolbar" aria-label={t('message.actions')}>
      {may('react') && (
        <button
          aria-keyshortcuts="Plus"
          tabIndex={tabIndex}
          type="button"
          class="icon-button"
          aria-label={t('message.react')}
          title={t('message.react')}
          popovertarget={id}
        >
          <SmileIcon />
        </button>
      )}
      {may('send') && (
        <button
          aria-keyshortcuts="R"
          tabIndex={tabIndex}
          type="button"
          class="icon-button"
          aria-label={t('message.reply')}
          title={t('message.reply')}
          onClick={onReply}
        >
          <ReplyIcon />
        </button>
      )}
      <button
        aria-keyshortcuts="Enter"
        tabIndex={tabIndex}
        type="button"
        class="icon-button"
        aria-label={t('message.actions')}
        title={t('message.actions')}
        popovertarget={id}
      >
        <MoreIcon />
      </button>
      <MenuList id={id} list={menu}>
        {may('react') && (
          <div class="quick">
            {QUICK.map((key) => (
              <button
                key={key}
                type="button"
                aria-pressed={own.includes(key)}
                aria-label={t(own.includes(key) ? 'message.removeReaction' : 'message.addReaction', { key })}
                onClick={done(() =>
                  own.includes(key) ? place.unreact(message.seq, key) : place.react(message.seq, key),
                )}
              >
                {key}
              </button>
            ))}
          </div>
        )}
        {may('react') && (
          <button type="button" onClick={done(askForOther)}>
            {t('message.otherReaction')}
          </button>
        )}
        {isOwn && may('edit') && (
          <button aria-keyshortcuts="E" type="button" onClick={done(onEdit)}>
            {t('message.edit')}
          </button>
        )}
        {!isInThread && message.thread === null && (
          <button aria-keyshortcuts="T" type="button" onClick={done(() => openPane({ is: 'thread', seq }))}>
            {t(message.replyCount > 0 ? 'thread.show' : 'thread.begin')}
          </button>
        )}
        <button
          aria-keyshortcuts="C"
          type="button"
          onClick={done(() => copy(message.body, t('message.textCopied')))}
        >
          {t('message.copyText')}
        </button>
        <button type="button" onClick={done(() => copy(link, t('message.linkCopied')))}>
          {t('message.copyLink')}
        </button>
        {may('pin') && (
          <button aria-keyshortcuts="P" type="button" onClick={done(pin)}>
            {t(isPinned ? 'message.unpin' : 'message.pin')}
          </button>
        )}
        {listing.memberCount <= MOST_READ && (
          <button type="button" onClick={done(() => setReaders(true))}>
            {t('readers.show')}
          </button>
        )}
        <button aria-keyshortcuts="U" type="button" onClick={done(() => place.markUnread(message.seq))}>
          {t('message.markUnread')}
        </button>
        {mayDelete && (
          <button
            aria-keyshortcuts="Delete"
            type="button"
            class="danger"
            onClick={done(() => setAsking(true))}
          >
            {t('message.delete')}
          </button>
        )}
      </MenuList>
      {hasReaders && <Readers client={client} id={place.id} seq={seq} onClose={() => setReaders(false)} />}
      {isAsking && (
        <Question
          question={t('message.deleteQuestion')}
          answer={t('message.delete')}
          onAnswer={() => place.delete(message.seq)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  )
}
