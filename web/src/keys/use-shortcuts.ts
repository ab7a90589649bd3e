import type { Client, Listing } from '@parlance/client'
import { useEffect } from 'preact/hooks'
import { overlay } from '../state/overlay.ts'
import { go, route } from '../state/route.ts'
import { isField } from './shortcuts.ts'

/** Keys that work wherever the reader is; those with Ctrl, Cmd or Alt also while somebody writes. */
export function useShortcuts(client: Client): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return
      if (obey(client, event)) event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [client])
}

/** Whether the key was for something. */
function obey(client: Client, event: KeyboardEvent): boolean {
  const { key, altKey, shiftKey, target } = event
  const hasControl = event.ctrlKey || event.metaKey
  if (hasControl && !altKey && !shiftKey && key.toLowerCase() === 'k') {
    overlay.value = 'switcher'
    return true
  }
  if (altKey && !hasControl && (key === 'ArrowUp' || key === 'ArrowDown')) {
    step(client, key === 'ArrowDown' ? 1 : -1, shiftKey)
    return true
  }
  if (key !== '?' || hasControl || altKey || isField(target)) return false
  overlay.value = 'keys'
  return true
}

const isUnread = ({ me }: Listing): boolean => me.unread > 0 && !me.muted

/** Opens the next conversation of the list in that direction, or the next with something unread. */
function step(client: Client, direction: 1 | -1, toUnread: boolean): void {
  const { items } = client.conversations.get()
  const here = route.value
  const current = here.at === 'conversation' ? here.id : undefined
  const at = items.findIndex(({ id }) => id === current)
  const ordered = direction === 1 ? items.slice(at + 1) : items.slice(0, Math.max(0, at)).reverse()
  const next = ordered.find((listing) => !toUnread || isUnread(listing))
  if (next) go({ at: 'conversation', id: next.id })
}
