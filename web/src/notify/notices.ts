import type { Client, Listing, Message } from '@parlance/client'
import { signal } from '@preact/signals'
import { nameOf, titleOf } from '../lib/names.ts'
import { oneLine } from '../markdown/markdown.tsx'
import { go, pathTo } from '../state/route.ts'
import { count, t } from '../text/index.ts'

const KEPT_AS = 'parlance.notices'
const FOCUSED_AS = 'parlance.focused'

const isSupported = 'Notification' in globalThis

/** Whether the reader wants notices in this browser, and whether the browser lets us show them. */
type Standing = 'unsupported' | 'denied' | 'off' | 'on'
export const notices = signal<Standing>(standing())

function standing(): Standing {
  if (!isSupported) return 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  return Notification.permission === 'granted' && localStorage.getItem(KEPT_AS) === 'on' ? 'on' : 'off'
}

/** Asks the browser's permission where it is needed: to be called by a press of the reader's alone. */
export async function setNotices(isOn: boolean): Promise<void> {
  if (!isSupported) return
  if (isOn && Notification.permission === 'default') await Notification.requestPermission()
  localStorage.setItem(KEPT_AS, isOn ? 'on' : 'off')
  notices.value = standing()
}

// Other windows of this browser are to know that one of them is looked at.
const noteFocus = (): void => {
  if (document.hasFocus()) localStorage.setItem(FOCUSED_AS, 'yes')
  else localStorage.removeItem(FOCUSED_AS)
}
addEventListener('focus', noteFocus)
addEventListener('blur', noteFocus)
addEventListener('pagehide', () => localStorage.removeItem(FOCUSED_AS))
noteFocus()

const isLookedAt = (): boolean => document.hasFocus() || localStorage.getItem(FOCUSED_AS) === 'yes'

/** Whether somebody is to be told of a message: a private one, or one that names them, unless they chose otherwise. */
function isNotable(message: Message, { kind, me }: Pick<Listing, 'kind' | 'me'>, own: string): boolean {
  if (message.sender.id === own || me.muted || me.notify === 'none') return false
  const isNamed = message.mentions.some((mention) => 'all' in mention || mention.account === own)
  return isNamed || (kind === 'private' && me.notify === 'all')
}

/** Tells of messages while nobody looks at the page. The answer ends it. */
export function tellOfMessages(client: Client, own: string): () => void {
  return client.on('message.sent', ({ conversation, data: { message } }) => {
    const listing = client.conversation(conversation).listing.get()
    if (notices.value !== 'on' || isLookedAt() || !listing || !isNotable(message, listing, own)) return
    void show(message, listing)
  })
}

async function show(message: Message, listing: Listing): Promise<void> {
  const name = nameOf(message.sender)
  const title = listing.kind === 'private' ? name : t('notices.in', { name, place: titleOf(listing) })
  const path = pathTo({ at: 'conversation', id: listing.id })
  const body =
    oneLine(message.body) ||
    count(message.attachments.length, { one: 'message.files.one', other: 'message.files.other' })
  // One for each conversation: a burst replaces it.
  const options = { body, tag: listing.id, icon: '/favicon.svg', data: { path } }
  const registration = await navigator.serviceWorker?.getRegistration()
  // Phones show only those of a service worker.
  if (registration?.active) return registration.showNotification(title, options)
  const notice = new Notification(title, options)
  notice.addEventListener('click', () => {
    window.focus()
    go({ at: 'conversation', id: listing.id })
    notice.close()
  })
}
