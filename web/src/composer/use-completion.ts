import type { Client, ConversationHandle, Listing } from '@parlance/client'
import type { RefObject } from 'preact'
import { useState } from 'preact/hooks'
import { loadEmoji } from '../emoji/loaded.ts'
import { noteEmoji } from '../emoji/recent.ts'
import { type Combobox, useCombobox } from '../lib/use-combobox.ts'
import type { Suggestion } from './suggestions.ts'
import { codeAt, type Token, tokenAt } from './token.ts'
import { useSuggestions } from './use-suggestions.ts'

interface CompletionOptions {
  readonly client: Client
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly me: string
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  /** Called with the whole text once a part of it was replaced. */
  readonly onText: (text: string) => void
}

export interface Completion {
  readonly suggestions: readonly Suggestion[]
  readonly combobox: Combobox<Suggestion>
  readonly choose: (suggestion: Suggestion) => void
  /** To be called when the text or the caret has changed. */
  readonly look: () => void
  /** Puts a text where the caret is. */
  readonly insert: (text: string) => void
}

/** Completes names, emoji and commands of a text while it is written. */
export function useCompletion(options: CompletionOptions): Completion {
  const { client, place, listing, me, field, text, onText } = options
  // Undefined while there is no single caret, or the field is left.
  const [caret, setCaret] = useState<number>()
  /** Where the word begins whose suggestions were dismissed. */
  const [dismissed, setDismissed] = useState<number>()
  const found = caret === undefined ? undefined : tokenAt(text, caret)
  const token = found && found.from !== dismissed ? found : undefined
  const isInviting = /^\/invite\s/.test(text)
  const suggestions = useSuggestions({ client, place, listing, me, token, isInviting })

  const replace = ({ from, to }: Pick<Token, 'from' | 'to'>, by: string) => {
    const element = field.current
    if (!element) return
    element.setRangeText(by, from, to, 'end')
    onText(element.value)
    setCaret(element.selectionEnd)
  }
  const choose = (suggestion: Suggestion) => {
    if (!token) return
    replace(token, suggestion.text)
    if (token.kind === 'emoji') noteEmoji(suggestion.text.trim())
  }
  const combobox = useCombobox({
    options: suggestions,
    keyOf: ({ key }) => key,
    onChoose: choose,
    onDismiss: () => setDismissed(token?.from),
  })
  const look = () => {
    const element = field.current
    if (!element) return
    const { selectionStart, selectionEnd, value } = element
    const isSingle = selectionStart === selectionEnd && document.activeElement === element
    setCaret(isSingle ? selectionEnd : undefined)
    if (!isSingle || tokenAt(value, selectionEnd)?.from !== dismissed) setDismissed(undefined)
    const code = isSingle ? codeAt(value, selectionEnd) : undefined
    if (code) replaceCode(element, code, replace)
  }
  const insert = (by: string) => {
    const at = field.current
    if (at) replace({ from: at.selectionStart, to: at.selectionEnd }, by)
  }
  return { suggestions, combobox, choose, look, insert }
}

/** Replaces a whole `:code:` by its emoji, unless somebody has written on before they were loaded. */
async function replaceCode(
  element: HTMLTextAreaElement,
  code: Token,
  replace: (token: Token, by: string) => void,
): Promise<void> {
  const before = element.value
  const groups = await loadEmoji().catch(() => [])
  const emoji = groups.flatMap((group) => group.emoji).find((one) => one.code === code.query)
  if (!emoji || element.value !== before) return
  noteEmoji(emoji.character)
  replace(code, emoji.character)
}
