import type { RefObject } from 'preact'
import type { Completion } from '../../composer/use-completion.ts'
import { t } from '../../text/index.ts'

interface TextFieldProps {
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  /** The name of the conversation. */
  readonly title: string
  readonly isThread: boolean
  readonly completion: Completion
  readonly onWrite: (text: string) => void
  /** Called with files from the clipboard; without it they are left to the browser. */
  readonly onPaste: ((files: readonly File[]) => void) | undefined
  /** Called with keys that choose no suggestion. */
  readonly onKeyDown: (event: KeyboardEvent) => void
}

/** The field that a message is written in, and completed in. */
export function TextField(props: TextFieldProps) {
  const { field, text, title, isThread, completion, onWrite, onPaste, onKeyDown } = props
  return (
    <textarea
      ref={field}
      rows={1}
      dir="auto"
      value={text}
      placeholder={t(isThread ? 'thread.placeholder' : 'composer.placeholder', { name: title })}
      aria-label={t(isThread ? 'thread.label' : 'composer.label', { name: title })}
      {...completion.combobox.field}
      onInput={(event) => {
        onWrite(event.currentTarget.value)
        completion.look()
      }}
      onPaste={(event) => {
        const files = [...(event.clipboardData?.files ?? [])]
        if (files.length === 0 || !onPaste) return
        event.preventDefault()
        onPaste(files)
      }}
      onKeyDown={(event) => {
        if (!event.isComposing && !completion.combobox.onKeyDown(event)) onKeyDown(event)
      }}
      onKeyUp={completion.look}
      onClick={completion.look}
      onBlur={completion.look}
    />
  )
}
