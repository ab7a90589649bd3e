import type { ConversationHandle, Listing, Message } from '@parlance/client'
import { useRef, useState } from 'preact/hooks'
import { askForEmoji } from '../emoji/ask.ts'
import { t } from '../text/index.ts'
import { Question } from './dialog.tsx'
import { MoreIcon, ReplyIcon, SmileIcon } from './icons.tsx'

/** The reactions that are one press away. */
const QUICK = ['👍', '❤️', '😂', '🎉', '😮', '😢', '👀', '✅'] as const

interface MessageActionsProps {
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly message: Message
  readonly own: readonly string[]
  readonly me: string
  readonly onReply: () => void
  readonly onEdit: () => void
}

/** The deeds that are possible with a message: beside it on hover and on focus, and as one button on touch. */
export function MessageActions({ place, listing, message, own, me, onReply, onEdit }: MessageActionsProps) {
  const [isAsking, setAsking] = useState(false)
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
  const id = `actions-${message.seq}`
  return (
    <div class="actions" role="toolbar" aria-label={t('message.actions')}>
      {may('react') && (
        <button
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
        type="button"
        class="icon-button"
        aria-label={t('message.actions')}
        title={t('message.actions')}
        popovertarget={id}
      >
        <MoreIcon />
      </button>
      <div id={id} ref={menu} popover="auto" class="menu">
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
          <button type="button" onClick={done(onEdit)}>
            {t('message.edit')}
          </button>
        )}
        <button type="button" onClick={done(() => navigator.clipboard.writeText(message.body))}>
          {t('message.copyText')}
        </button>
        <button type="button" onClick={done(() => place.markUnread(message.seq))}>
          {t('message.markUnread')}
        </button>
        {mayDelete && (
          <button type="button" class="danger" onClick={done(() => setAsking(true))}>
            {t('message.delete')}
          </button>
        )}
      </div>
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
