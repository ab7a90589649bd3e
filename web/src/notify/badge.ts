import type { ConversationList } from '@parlance/client'
import unreadIcon from './unread.svg?url'

const most = (n: number): string => (n > 99 ? '99+' : String(n))

/** Shows in the window's title and icon how much is unread, and how often the reader was named. */
export function showUnread({ unread, items }: ConversationList): void {
  const mentions = items.reduce((sum, { me }) => sum + (me.muted ? 0 : me.mentions), 0)
  const counts = [...(unread > 0 ? [most(unread)] : []), ...(mentions > 0 ? [`@${most(mentions)}`] : [])]
  document.title = counts.length > 0 ? `(${counts.join(', ')}) Parlance` : 'Parlance'
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]')
  if (link) link.href = unread > 0 ? unreadIcon : '/favicon.svg'
}
