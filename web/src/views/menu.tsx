import type { ComponentChildren, RefObject } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { roveButtons } from '../lib/roving.ts'
import { MoreIcon } from './icons.tsx'

interface MenuItem {
  readonly text: string
  readonly isDanger?: boolean
  readonly onChoose: () => void
}

interface MenuListProps {
  /** The id by which a button's `popovertarget` opens it. */
  readonly id: string
  readonly list: RefObject<HTMLDivElement | null>
  readonly children: ComponentChildren
}

/** Buttons that a button opens. The first one takes the focus, and arrow keys lead through them. */
export const MenuList = ({ id, list, children }: MenuListProps) => (
  // biome-ignore lint/a11y/noStaticElementInteractions: its buttons have the keys
  <div
    id={id}
    ref={list}
    popover="auto"
    class="menu"
    onKeyDown={roveButtons}
    onToggle={(event) => event.newState === 'open' && list.current?.querySelector('button')?.focus()}
  >
    {children}
  </div>
)

/** A button that opens some deeds. */
export function Menu({ label, items }: { label: string; items: readonly MenuItem[] }) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  return (
    <span class="menu-place">
      <button type="button" class="icon-button" aria-label={label} title={label} popovertarget={id}>
        <MoreIcon />
      </button>
      <MenuList id={id} list={list}>
        {items.map(({ text, isDanger, onChoose }) => (
          <button
            key={text}
            type="button"
            class={isDanger ? 'danger' : undefined}
            onClick={() => {
              list.current?.hidePopover()
              onChoose()
            }}
          >
            {text}
          </button>
        ))}
      </MenuList>
    </span>
  )
}
