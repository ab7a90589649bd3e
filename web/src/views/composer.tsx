import type { ConversationHandle, TimelineItem } from '@parlance/client'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { nameOf } from '../lib/names.ts'
import { oneLine } from '../markdown/markdown.tsx'
import { draftOf, keepDraft } from '../state/drafts.ts'
import { server } from '../state/session.ts'
import { t } from '../text/index.ts'
import { CloseIcon, SendIcon } from './icons.tsx'

type Said = Extract<TimelineItem, { kind: 'message' }>

/** The composer writes a new message, or an answer to one, or another text of one. */
export type Intent = { readonly is: 'write' } | { readonly is: 'reply' | 'edit'; readonly item: Said }

interface ComposerProps {
  readonly place: ConversationHandle
  readonly title: string
  readonly intent: Intent
  readonly onIntent: (intent: Intent) => void
  /** Edits the newest message of one's own, if there is one in view. */
  readonly editLast: () => void
}

/** Milliseconds after which somebody who still writes says so again. */
const TYPING_EVERY_MS = 3_000
const encoder = new TextEncoder()

export function Composer({ place, title, intent, onIntent, editLast }: ComposerProps) {
  const [text, setText] = useState(() => draftOf(place.id))
  const field = useRef<HTMLTextAreaElement>(null)
  const toldAt = useRef(0)
  const isEdit = intent.is === 'edit'
  const excess =
    encoder.encode(text).length - (server.value?.limits.maxMessageBytes ?? Number.POSITIVE_INFINITY)

  useLayoutEffect(() => {
    if (intent.is === 'edit') setText(intent.item.message.body)
    if (intent.is !== 'write') field.current?.focus()
  }, [intent])
  useEffect(() => {
    if (!isEdit) keepDraft(place.id, text)
  }, [text, isEdit])

  const tellTyping = () => {
    const now = Date.now()
    if (isEdit || now - toldAt.current < TYPING_EVERY_MS) return
    toldAt.current = now
    place.tellTyping()
  }
  const leave = () => {
    if (isEdit) setText(draftOf(place.id))
    onIntent({ is: 'write' })
  }
  const send = () => {
    const body = text.trim()
    if (body === '' || excess > 0) return
    if (intent.is === 'edit') {
      if (body !== intent.item.message.body) place.edit(intent.item.seq, body)
      leave()
      return
    }
    place.send(body, intent.is === 'reply' ? { replyTo: intent.item.seq } : {})
    setText('')
    onIntent({ is: 'write' })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey && !matchMedia('(pointer: coarse)').matches) {
      event.preventDefault()
      send()
    } else if (event.key === 'Escape' && intent.is !== 'write') leave()
    else if (event.key === 'ArrowUp' && text === '' && intent.is === 'write') {
      event.preventDefault()
      editLast()
    }
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {intent.is !== 'write' && (
        <p class="intent">
          <span dir="auto">
            {isEdit
              ? t('composer.editing')
              : t('composer.replying', { name: nameOf(intent.item.message.sender) })}
            {!isEdit && <span class="quiet"> {oneLine(intent.item.message.body)}</span>}
          </span>
          <button
            type="button"
            class="icon-button"
            aria-label={t(isEdit ? 'composer.cancelEdit' : 'composer.cancelReply')}
            onClick={leave}
          >
            <CloseIcon />
          </button>
        </p>
      )}
      {excess > 0 && (
        <p class="failure" role="alert">
          {t('composer.tooLong', { n: excess })}
        </p>
      )}
      <div class="composer-row">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          placeholder={t('composer.placeholder', { name: title })}
          aria-label={t('composer.label', { name: title })}
          onInput={(event) => {
            setText(event.currentTarget.value)
            tellTyping()
          }}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          class="send"
          disabled={text.trim() === '' || excess > 0}
          aria-label={t(isEdit ? 'composer.save' : 'composer.send')}
          title={t(isEdit ? 'composer.save' : 'composer.send')}
        >
          <SendIcon />
        </button>
      </div>
    </form>
  )
}
