import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { draftOf, keepDraft, leaveDraft } from '../state/drafts.ts'
import type { Intent } from './intent.ts'

interface Draft {
  readonly text: string
  readonly setText: (text: string) => void
  /** Shows the draft again, after a message was edited. */
  readonly restore: () => void
}

/** The text of a composer: a draft that this browser keeps by `key`, or that of a message while it is edited. */
export function useDraft(key: string, intent: Intent): Draft {
  const [text, setText] = useState(() => draftOf(key))
  const isEdit = intent.is === 'edit'
  useLayoutEffect(() => {
    if (intent.is === 'edit') setText(intent.item.message.body)
  }, [intent])
  useEffect(() => {
    if (!isEdit) keepDraft(key, text)
  }, [text, isEdit])
  useEffect(() => leaveDraft, [key])
  return { text, setText, restore: () => setText(draftOf(key)) }
}
