import type { TextKey } from '../text/index.ts'

interface Shortcut {
  /** As the list of shortcuts shows it: keys that are pressed together, of which each may be another. */
  readonly keys: readonly string[]
  readonly text: TextKey
}

/** Every key that does something, for the list of shortcuts. */
export const SHORTCUTS: Readonly<Record<'anywhere' | 'conversation' | 'message', readonly Shortcut[]>> = {
  anywhere: [
    { keys: ['Ctrl K', '⌘ K'], text: 'keys.switch' },
    { keys: ['Alt ↑', 'Alt ↓'], text: 'keys.neighbour' },
    { keys: ['Alt Shift ↑', 'Alt Shift ↓'], text: 'keys.unread' },
    { keys: ['?'], text: 'keys.help' },
  ],
  conversation: [
    { keys: ['↑'], text: 'keys.editLast' },
    { keys: ['Esc'], text: 'keys.latest' },
    { keys: ['↑', '↓', 'Home', 'End', 'Page ↑', 'Page ↓'], text: 'keys.rows' },
  ],
  message: [
    { keys: ['R'], text: 'message.reply' },
    { keys: ['+'], text: 'message.react' },
    { keys: ['E'], text: 'message.edit' },
    { keys: ['T'], text: 'thread.show' },
    { keys: ['P'], text: 'message.pin' },
    { keys: ['C'], text: 'message.copyText' },
    { keys: ['U'], text: 'message.markUnread' },
    { keys: ['Del'], text: 'message.delete' },
    { keys: ['Enter'], text: 'keys.menu' },
  ],
}

/** Whether somebody writes there, so that a letter is a letter. */
export const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input:not([type=radio], [type=checkbox]), textarea, select'))

/** Presses the button of a message whose `aria-keyshortcuts` has the key: what is not allowed has none. Whether there was one. */
export function pressButtonOf(row: HTMLElement, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  const isMenu = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)
  const key = isMenu
    ? 'Enter'
    : event.key === '+'
      ? 'Plus'
      : event.key.length === 1
        ? event.key.toUpperCase()
        : event.key
  const button = row.querySelector<HTMLElement>(`[aria-keyshortcuts="${CSS.escape(key)}"]`)
  button?.click()
  return button !== null
}
