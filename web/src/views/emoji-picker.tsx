import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { type Emoji, type EmojiGroup, findEmoji } from '../emoji/emoji.ts'
import { useEmoji } from '../emoji/loaded.ts'
import { noteEmoji, recentEmoji } from '../emoji/recent.ts'
import { cellAfter } from '../lib/grid-focus.ts'
import { count, t } from '../text/index.ts'

interface EmojiPickerProps {
  readonly anchor: HTMLElement
  readonly onChoose: (character: string) => void
  readonly onClose: () => void
}

const MOST_FOUND = 64

/** All emoji to choose one from, beside the button that asked. Escape, or a press beside it, closes it. */
export function EmojiPicker({ anchor, onChoose, onClose }: EmojiPickerProps) {
  const popover = useRef<HTMLDivElement>(null)
  const [search, setSearch] = useState('')
  const groups = useEmoji()
  const known = groups === 'failed' ? undefined : groups
  const shown = useMemo(() => (known ? shownOf(known, search) : []), [known, search])
  useLayoutEffect(() => {
    popover.current?.showPopover({ source: anchor })
    // On a phone the search would bring the keyboard, and leave no room for what is to be chosen.
    const isTouch = matchMedia('(pointer: coarse)').matches
    const first = isTouch ? popover.current : popover.current?.querySelector('input')
    first?.focus()
  }, [])
  const choose = (character: string) => {
    noteEmoji(character)
    // It gives the focus back to the button that asked.
    popover.current?.hidePopover()
    onChoose(character)
  }
  const cells = () => [...(popover.current?.querySelectorAll<HTMLElement>('.emoji-cell') ?? [])]
  const first = shown[0]?.emoji[0]
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return
    if (event.key === 'Enter' && first) {
      event.preventDefault()
      choose(first.character)
    } else if (event.key === 'ArrowDown') {
      event.preventDefault()
      cells()[0]?.focus()
    }
  }
  return (
    <div
      ref={popover}
      popover="auto"
      class="emoji-picker"
      tabIndex={-1}
      role="dialog"
      aria-label={t('emoji.title')}
      onToggle={(event) => event.newState === 'closed' && onClose()}
    >
      <input
        type="search"
        value={search}
        placeholder={t('emoji.search')}
        aria-label={t('emoji.search')}
        onInput={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <p class="hidden" role="status">
        {search.trim() !== '' &&
          count(shown[0]?.emoji.length ?? 0, { one: 'emoji.found.one', other: 'emoji.found.other' })}
      </p>
      {groups === 'failed' && (
        <p class="failure" role="alert">
          {t('error.disconnected')}
        </p>
      )}
      <EmojiGrid groups={shown} onChoose={choose} />
      {known && shown.length === 0 && <p class="quiet emoji-none">{t('emoji.none')}</p>}
    </div>
  )
}

interface EmojiGridProps {
  readonly groups: readonly EmojiGroup[]
  readonly onChoose: (character: string) => void
}

function EmojiGrid({ groups, onChoose }: EmojiGridProps) {
  const grid = useRef<HTMLDivElement>(null)
  const [reached, setReached] = useState<string>()
  // As in the styles: fingers want wider cells, and a phone has no room for more.
  const columns = matchMedia('(pointer: coarse)').matches ? 7 : 8
  const keys = groups.flatMap(({ name, emoji }) => emoji.map(({ character }) => name + character))
  const inTabOrder = reached !== undefined && keys.includes(reached) ? reached : keys[0]
  const onKeyDown = (event: KeyboardEvent) => {
    const rows = [...(grid.current?.querySelectorAll('[role=row]') ?? [])].map((row) => [
      ...row.querySelectorAll<HTMLElement>('.emoji-cell'),
    ])
    const next = cellAfter(rows, event.target as HTMLElement, event.key)
    if (!next) return
    event.preventDefault()
    next.focus()
    next.scrollIntoView({ block: 'nearest' })
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of buttons is no table of facts
    <div
      ref={grid}
      role="grid"
      class="emoji-grid"
      aria-label={t('emoji.title')}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      {groups.map(({ name, emoji }) => (
        // biome-ignore lint/a11y/useSemanticElements: as above
        <div
          key={name}
          role="rowgroup"
          aria-label={name}
          style={{ '--rows': String(Math.ceil(emoji.length / columns)) }}
        >
          <p class="emoji-group" aria-hidden="true">
            {name}
          </p>
          {rowsOf(emoji, columns).map((row) => (
            // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: as above
            <div key={row[0]?.character} role="row" class="emoji-row">
              {row.map((one) => (
                // biome-ignore lint/a11y/useSemanticElements: as above
                <button
                  key={one.character}
                  type="button"
                  role="gridcell"
                  class="emoji-cell"
                  tabIndex={name + one.character === inTabOrder ? 0 : -1}
                  aria-label={one.name}
                  title={`${one.name} :${one.code}:`}
                  onFocus={() => setReached(name + one.character)}
                  onClick={() => onChoose(one.character)}
                >
                  {one.character}
                </button>
              ))}
            </div>
          ))}
        </div>
      ))}
    </div>
  )
}

const rowsOf = (emoji: readonly Emoji[], columns: number): readonly (readonly Emoji[])[] =>
  Array.from({ length: Math.ceil(emoji.length / columns) }, (_, row) =>
    emoji.slice(row * columns, (row + 1) * columns),
  )

/** The groups that a search leaves; without one those used last, and all. */
function shownOf(groups: readonly EmojiGroup[], search: string): readonly EmojiGroup[] {
  const all = groups.flatMap(({ emoji }) => emoji)
  if (search.trim() !== '') {
    const found = findEmoji(all, search.trim(), MOST_FOUND)
    return found.length === 0 ? [] : [{ name: t('emoji.results'), emoji: found }]
  }
  const recent = recentEmoji.value.flatMap(
    (character) => all.find((one) => one.character === character) ?? [],
  )
  return recent.length === 0 ? groups : [{ name: t('emoji.recent'), emoji: recent }, ...groups]
}
