import type { Client, ConversationHandle, Listing } from '@parlance/client'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Intent } from '../../composer/intent.ts'
import { useCompletion } from '../../composer/use-completion.ts'
import { useDraft } from '../../composer/use-draft.ts'
import { useSending } from '../../composer/use-sending.ts'
import { useTypingNotice } from '../../composer/use-typing-notice.ts'
import { Markdown } from '../../markdown/markdown.tsx'
import { t } from '../../text/index.ts'
import { addFiles } from '../../upload/tray.ts'
import { Question } from '../dialog.tsx'
import { AttachButton } from './attach-button.tsx'
import { CompletionList } from './completion-list.tsx'
import { DropSurface } from './drop-surface.tsx'
import { FileTray } from './file-tray.tsx'
import { IntentLine } from './intent-line.tsx'
import { EmojiButton, PreviewButton, SendButton } from './row-buttons.tsx'
import { TextField } from './text-field.tsx'
import { TooLong } from './too-long.tsx'

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

/** Whether a text has marks that a preview shows in another way. */
const HAS_MARKS = /[*_`~[]|^(?:>|#|[-*] |\d+[.)] )/m

/** Whether Enter sends: on a touch screen it begins a new line. */
const isSendKey = ({ key, shiftKey }: KeyboardEvent): boolean =>
  key === 'Enter' && !shiftKey && !matchMedia('(pointer: coarse)').matches

export function Composer(props: ComposerProps) {
  const { client, place, listing, me, title, thread, intent, onIntent, editLast } = props
  const field = useRef<HTMLTextAreaElement>(null)
  const isEdit = intent.is === 'edit'
  /** Its draft and its files are not those of another composer of the same conversation. */
  const key = thread === undefined ? place.id : `${place.id}/${thread}`
  const draft = useDraft(key, intent)
  const { text } = draft
  const [isPreviewed, setPreviewed] = useState(false)
  const hasMarks = HAS_MARKS.test(text)
  const tellTyping = useTypingNotice(place)
  const write = (next: string) => {
    draft.setText(next)
    sending.reset()
  }
  const leave = () => {
    if (isEdit) draft.restore()
    onIntent({ is: 'write' })
  }
  const sending = useSending({
    ...{ client, place, listing, thread, tray: key, intent, text },
    onText: write,
    onLeave: leave,
  })
  const completion = useCompletion({ client, place, listing, me, field, text, onText: write })

  useLayoutEffect(() => {
    if (intent.is !== 'write') field.current?.focus()
  }, [intent])

  const attach = (files: readonly File[]) => {
    if (files.length === 0) return
    sending.setRefusal(addFiles(client, key, files))
    field.current?.focus()
  }
  const sendAsFile = () => {
    attach([new File([text], t('composer.fileName'), { type: 'text/plain' })])
    write('')
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const isLeaveKey = event.key === 'Escape' && intent.is !== 'write'
    const isEditKey = event.key === 'ArrowUp' && !event.altKey && text === '' && intent.is === 'write'
    if (isSendKey(event)) sending.send()
    else if (isLeaveKey) leave()
    else if (isEditKey) editLast()
    else return
    event.preventDefault()
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        sending.send()
      }}
    >
      <IntentLine intent={intent} onLeave={leave} />
      <TooLong text={text} onSendAsFile={isEdit ? undefined : sendAsFile} />
      <p class="failure" role="alert">
        {sending.refusal}
      </p>
      <div class="composer-box">
        <CompletionList
          suggestions={completion.suggestions}
          combobox={completion.combobox}
          onChoose={completion.choose}
        />
        {!isEdit && <FileTray client={client} tray={key} />}
        {isPreviewed && hasMarks && (
          <section class="preview body" aria-label={t('composer.previewLabel')} dir="auto">
            <Markdown text={text} format="markdown" />
          </section>
        )}
        <div class="composer-row">
          {!isEdit && <AttachButton onFiles={attach} />}
          <TextField
            field={field}
            text={text}
            title={title}
            isThread={thread !== undefined}
            completion={completion}
            onWrite={(next) => {
              write(next)
              if (!isEdit) tellTyping()
            }}
            onPaste={isEdit ? undefined : attach}
            onKeyDown={onKeyDown}
          />
          {hasMarks && <PreviewButton isPressed={isPreviewed} onPress={() => setPreviewed(!isPreviewed)} />}
          <EmojiButton
            onChoose={(character) => {
              field.current?.focus()
              completion.insert(character)
            }}
          />
          <SendButton isEdit={isEdit} isDisabled={!sending.maySend} />
        </div>
      </div>
      <p class="hidden" role="status">
        {sending.isDue && t('files.due')}
      </p>
      {!isEdit && <DropSurface title={title} onFiles={attach} />}
      {sending.asked?.command.asks && (
        <Question
          question={t(sending.asked.command.asks, { name: title })}
          answer={t(sending.asked.command.explain)}
          onAnswer={() => sending.asked && sending.answer(sending.asked)}
          onClose={sending.dismiss}
        />
      )}
    </form>
  )
}
