import type { Client, ConversationHandle, Listing, TimelineItem } from '@parlance/client'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Command, readWritten } from '../composer/commands.ts'
import { useCompletion } from '../composer/use-completion.ts'
import { askForEmoji } from '../emoji/ask.ts'
import { useDeed } from '../lib/busy.ts'
import { nameOf } from '../lib/names.ts'
import { sizeText } from '../lib/size.ts'
import { Markdown, oneLine } from '../markdown/markdown.tsx'
import { draftOf, keepDraft, leaveDraft } from '../state/drafts.ts'
import { server } from '../state/session.ts'
import { t } from '../text/index.ts'
import { addFiles, isComplete, parcelsOf, take } from '../upload/tray.ts'
import { CompletionList } from './completion-list.tsx'
import { Question } from './dialog.tsx'
import { DropSurface } from './drop-surface.tsx'
import { FileTray } from './file-tray.tsx'
import { AttachIcon, CloseIcon, EyeIcon, SendIcon, SmileIcon } from './icons.tsx'

type Said = Extract<TimelineItem, { kind: 'message' }>

/** The composer writes a new message, or an answer to one, or another text of one. */
export type Intent = { readonly is: 'write' } | { readonly is: 'reply' | 'edit'; readonly item: Said }

interface ComposerProps {
  readonly client: Client
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly me: string
  readonly title: string
  /** Where it writes into a thread: the place of the message that is answered. */
  readonly thread?: number
  readonly intent: Intent
  readonly onIntent: (intent: Intent) => void
  /** Edits the newest message of one's own, if there is one in view. */
  readonly editLast: () => void
}

/** Milliseconds after which somebody who still writes says so again. */
const TYPING_EVERY_MS = 3_000
/** Whether a text has marks that a preview shows in another way. */
const HAS_MARKS = /[*_`~[]|^(?:>|#|[-*] |\d+[.)] )/m
const encoder = new TextEncoder()

export function Composer(props: ComposerProps) {
  const { client, place, listing, me, title, thread, intent, onIntent, editLast } = props
  const draft = thread === undefined ? place.id : `${place.id}/${thread}`
  const [text, setText] = useState(() => draftOf(draft))
  const [isPreviewed, setPreviewed] = useState(false)
  const [refusal, setRefusal] = useState<string>()
  const [asked, setAsked] = useState<{ readonly command: Command; readonly rest: string }>()
  const { isBusy, failure, run } = useDeed()
  const field = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const toldAt = useRef(0)
  const isEdit = intent.is === 'edit'
  const parcels = parcelsOf(place.id).value
  // Files go with a new message alone: the server lets none hang on one later.
  const hasFiles = parcels.length > 0 && !isEdit
  const isEmpty = text.trim() === '' && !hasFiles
  /** Whether the message goes as soon as its files have come. */
  const [isDue, setDue] = useState(false)
  const most = server.value?.limits.maxMessageBytes ?? Number.POSITIVE_INFINITY
  const excess = encoder.encode(text).length - most
  const write = (next: string) => {
    setText(next)
    setDue(false)
    setRefusal(undefined)
  }
  const completion = useCompletion({ client, place, listing, me, field, text, onText: write })
  const hasMarks = HAS_MARKS.test(text)

  useLayoutEffect(() => {
    if (intent.is === 'edit') setText(intent.item.message.body)
    if (intent.is !== 'write') field.current?.focus()
  }, [intent])
  useEffect(() => {
    if (!isEdit) keepDraft(draft, text)
  }, [text, isEdit])
  useEffect(() => leaveDraft, [draft])

  const tellTyping = () => {
    const now = Date.now()
    if (isEdit || now - toldAt.current < TYPING_EVERY_MS) return
    toldAt.current = now
    place.tellTyping()
  }
  const leave = () => {
    if (isEdit) setText(draftOf(draft))
    onIntent({ is: 'write' })
  }
  const attach = (files: readonly File[]) => {
    if (files.length === 0) return
    setRefusal(addFiles(client, place.id, files))
    field.current?.focus()
  }
  const sendAsFile = () => {
    attach([new File([text], t('composer.fileName'), { type: 'text/plain' })])
    write('')
  }
  const say = (body: string) => {
    const attachments = take(place.id)
    place.send(body, {
      ...(intent.is === 'reply' && { replyTo: intent.item.seq }),
      ...(attachments.length > 0 && { attachments }),
      ...(thread !== undefined && { thread }),
    })
    write('')
    onIntent({ is: 'write' })
  }
  const obey = ({ command, rest }: { command: Command; rest: string }) =>
    run(async () => {
      const why = await command.run?.({ client, place }, rest)
      setRefusal(why)
      if (why === undefined) setText('')
    })
  const send = () => {
    const body = text.trim()
    if (isEmpty || excess > 0 || isBusy) return
    if (intent.is === 'edit') {
      if (body !== '' && body !== intent.item.message.body) place.edit(intent.item.seq, body)
      leave()
      return
    }
    if (hasFiles && !isComplete(parcels)) {
      setDue(true)
      return
    }
    // Beside files a text is a message, whatever it begins with.
    const written = hasFiles ? ({ is: 'message', body } as const) : readWritten(body, listing)
    if (written.is === 'refused') setRefusal(written.why)
    else if (written.is === 'message') say(written.body)
    else if (written.command.write) say(written.command.write(written.rest))
    else if (written.command.asks) setAsked(written)
    else obey(written)
  }
  useEffect(() => {
    if (!isDue || !isComplete(parcels)) return
    setDue(false)
    send()
  }, [isDue, parcels])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || completion.combobox.onKeyDown(event)) return
    if (event.key === 'Enter' && !event.shiftKey && !matchMedia('(pointer: coarse)').matches) {
      event.preventDefault()
      send()
    } else if (event.key === 'Escape' && intent.is !== 'write') {
      event.preventDefault()
      leave()
    } else if (event.key === 'ArrowUp' && !event.altKey && text === '' && intent.is === 'write') {
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
          {t('composer.tooLong', { size: sizeText(excess + most), most: sizeText(most) })}{' '}
          {!isEdit && (
            <button type="button" class="link" onClick={sendAsFile}>
              {t('composer.asFile')}
            </button>
          )}
        </p>
      )}
      <p class="failure" role="alert">
        {refusal ?? failure}
      </p>
      <div class="composer-box">
        <CompletionList
          suggestions={completion.suggestions}
          combobox={completion.combobox}
          onChoose={completion.choose}
        />
        {!isEdit && <FileTray client={client} conversation={place.id} />}
        {isPreviewed && hasMarks && (
          <section class="preview body" aria-label={t('composer.previewLabel')} dir="auto">
            <Markdown text={text} format="markdown" />
          </section>
        )}
        <div class="composer-row">
          {!isEdit && (
            <button
              type="button"
              class="icon-button"
              aria-label={t('files.attach')}
              title={t('files.attach')}
              onClick={() => picker.current?.click()}
            >
              <AttachIcon />
            </button>
          )}
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label={t('files.attach')}
            onChange={(event) => {
              attach([...(event.currentTarget.files ?? [])])
              // The same file may be chosen again.
              event.currentTarget.value = ''
            }}
          />
          <textarea
            ref={field}
            rows={1}
            dir="auto"
            value={text}
            placeholder={t(thread === undefined ? 'composer.placeholder' : 'thread.placeholder', {
              name: title,
            })}
            aria-label={t(thread === undefined ? 'composer.label' : 'thread.label', { name: title })}
            {...completion.combobox.field}
            onInput={(event) => {
              write(event.currentTarget.value)
              completion.look()
              tellTyping()
            }}
            onPaste={(event) => {
              const files = [...(event.clipboardData?.files ?? [])]
              if (files.length === 0 || isEdit) return
              event.preventDefault()
              attach(files)
            }}
            onKeyDown={onKeyDown}
            onKeyUp={completion.look}
            onClick={completion.look}
            onBlur={completion.look}
          />
          {hasMarks && (
            <button
              type="button"
              class="icon-button"
              aria-label={t('composer.preview')}
              title={t('composer.preview')}
              aria-pressed={isPreviewed}
              onClick={() => setPreviewed(!isPreviewed)}
            >
              <EyeIcon />
            </button>
          )}
          <button
            type="button"
            class="icon-button"
            aria-label={t('emoji.insert')}
            title={t('emoji.insert')}
            aria-haspopup="dialog"
            onClick={(event) =>
              askForEmoji(event.currentTarget, (character) => {
                field.current?.focus()
                completion.insert(character)
              })
            }
          >
            <SmileIcon />
          </button>
          <button
            type="submit"
            class="send"
            disabled={isEmpty || excess > 0 || isBusy || isDue}
            aria-label={t(isEdit ? 'composer.save' : 'composer.send')}
            title={t(isEdit ? 'composer.save' : 'composer.send')}
          >
            <SendIcon />
          </button>
        </div>
      </div>
      <p class="hidden" role="status">
        {isDue && t('files.due')}
      </p>
      {!isEdit && <DropSurface title={title} onFiles={attach} />}
      {asked?.command.asks && (
        <Question
          question={t(asked.command.asks, { name: title })}
          answer={t(asked.command.explain)}
          onAnswer={() => obey(asked)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </form>
  )
}
