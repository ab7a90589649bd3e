import { useEffect, useId, useState } from 'preact/hooks'

interface ComboboxOptions<Option> {
  /** Empty while there is nothing to choose. */
  readonly options: readonly Option[]
  readonly keyOf: (option: Option) => string
  readonly onChoose: (option: Option) => void
  /** Called by Escape. */
  readonly onDismiss: () => void
}

/** The connection between a field and its suggestions. */
export interface Combobox<Option> {
  readonly active: Option | undefined
  /** For the field, which keeps the focus. */
  readonly field: {
    readonly 'aria-autocomplete': 'list'
    readonly 'aria-controls': string | undefined
    readonly 'aria-activedescendant': string | undefined
  }
  readonly listId: string
  readonly optionId: (option: Option) => string
  /** Moves through the suggestions, chooses or dismisses. True where the key was for them. */
  readonly onKeyDown: (event: KeyboardEvent) => boolean
}

/** The keys and relations of WAI-ARIA's combobox with a list of suggestions, for any field. */
export function useCombobox<Option>({
  options,
  keyOf,
  onChoose,
  onDismiss,
}: ComboboxOptions<Option>): Combobox<Option> {
  const id = useId()
  const [index, setIndex] = useState(0)
  const keys = options.map(keyOf).join('\n')
  // Other suggestions begin at their first.
  useEffect(() => setIndex(0), [keys])
  const active = options[Math.min(index, options.length - 1)]
  const optionId = (option: Option) => `${id}-${keyOf(option)}`
  const listId = `${id}-list`
  const isOpen = options.length > 0
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (!isOpen || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) setIndex((index + step + options.length) % options.length)
    else if (event.key === 'Escape') onDismiss()
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && active !== undefined)
      onChoose(active)
    else return false
    event.preventDefault()
    // Nothing around the field is to hear an Escape that closed the suggestions.
    event.stopPropagation()
    return true
  }
  return {
    active,
    field: {
      'aria-autocomplete': 'list',
      'aria-controls': isOpen ? listId : undefined,
      'aria-activedescendant': active === undefined ? undefined : optionId(active),
    },
    listId,
    optionId,
    onKeyDown,
  }
}
