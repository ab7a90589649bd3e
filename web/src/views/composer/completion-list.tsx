import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Suggestion } from '../../composer/suggestions.ts'
import { nameOf } from '../../lib/names.ts'
import type { Combobox } from '../../lib/use-combobox.ts'
import { count, t } from '../../text/index.ts'
import { Avatar } from '../avatar.tsx'

interface CompletionListProps {
  readonly suggestions: readonly Suggestion[]
  readonly combobox: Combobox<Suggestion>
  readonly onChoose: (suggestion: Suggestion) => void
}

/** The ways to complete a word, above the field that it is written in, which keeps the focus. */
export function CompletionList({ suggestions, combobox, onChoose }: CompletionListProps) {
  const list = useRef<HTMLDivElement>(null)
  const { active } = combobox
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [active?.key])
  return (
    <>
      <p class="hidden" role="status">
        {suggestions.length > 0 &&
          count(suggestions.length, { one: 'complete.count.one', other: 'complete.count.other' })}
      </p>
      {suggestions.length > 0 && (
        <div
          ref={list}
          id={combobox.listId}
          role="listbox"
          class="completion"
          aria-label={t('complete.label')}
        >
          {suggestions.map((suggestion) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus, and names the active one
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
            <div
              key={suggestion.key}
              id={combobox.optionId(suggestion)}
              role="option"
              aria-selected={suggestion === active}
              // A press takes the focus from the field otherwise, and a phone's keyboard away.
              onPointerDown={(event) => event.preventDefault()}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onChoose(suggestion)}
            >
              <Picture picture={suggestion.picture} />
              <span class="completion-title" dir="auto">
                {suggestion.title}
              </span>
              <span class="quiet" dir="auto">
                {suggestion.hint}
              </span>
            </div>
          ))}
        </div>
      )}
    </>
  )
}

function Picture({ picture }: Pick<Suggestion, 'picture'>) {
  switch (picture.is) {
    case 'person':
      return <Avatar id={picture.person.id} name={nameOf(picture.person)} />
    case 'sign':
      return (
        <span class="completion-sign" aria-hidden="true">
          {picture.sign}
        </span>
      )
    case 'none':
      return null
  }
}
