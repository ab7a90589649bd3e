import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { route } from '../state/route.ts'
import { t } from '../text/index.ts'
import { CloseIcon } from './icons.tsx'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A modal dialog. Escape and a press beside it close it. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => element.current?.showModal(), [])
  // A reader who goes elsewhere, as by the back gesture of a phone, has left it.
  const openedAt = useRef(route.value)
  useEffect(() => {
    if (route.value !== openedAt.current) onClose()
  }, [route.value])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a dialog closes by Escape of itself
    <dialog
      ref={element}
      class="dialog"
      aria-label={title}
      onClose={onClose}
      onClick={(event) => event.target === element.current && onClose()}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2>{title}</h2>
          <button type="button" class="icon-button" aria-label={t('dialog.close')} onClick={onClose}>
            <CloseIcon />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}

interface QuestionProps {
  readonly question: string
  readonly answer: string
  readonly onAnswer: () => void
  readonly onClose: () => void
}

/** Asks before something that cannot be undone. */
export const Question = ({ question, answer, onAnswer, onClose }: QuestionProps) => (
  <Dialog title={answer} onClose={onClose}>
    <p class="question">{question}</p>
    <div class="buttons">
      <button type="button" onClick={onClose}>
        {t('dialog.cancel')}
      </button>
      <button
        type="button"
        class="danger"
        onClick={() => {
          onAnswer()
          onClose()
        }}
      >
        {answer}
      </button>
    </div>
  </Dialog>
)
