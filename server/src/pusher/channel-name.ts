import { isCleanText } from '../lib/text.ts'
import { QUOTAS } from './quotas.ts'

/** `user`: what the server sends to one signed-in user. */
type ChannelKind = 'public' | 'private' | 'encrypted' | 'presence' | 'user'

const NAME = /^[-a-zA-Z0-9_=@,.;]+$/
const USER_PREFIX = '#server-to-user-'

export const userChannel = (userId: string): string => USER_PREFIX + userId

/** Whether clients may subscribe to a channel by that name. */
export const isChannelName = (name: string): boolean =>
  name.length <= QUOTAS.channelNameLength && NAME.test(name)

/** Whether events may be sent to that name: also to one user's own channel. */
export const isTriggerTarget = (name: string): boolean =>
  isChannelName(name) ||
  (channelKind(name) === 'user' &&
    name.length > USER_PREFIX.length &&
    name.length <= QUOTAS.channelNameLength &&
    isCleanText(name))

const CACHE_PREFIX = /^(private-encrypted-|private-|presence-)?cache-/

/** Whether the last event of the channel is kept for those who come later. */
export const isCacheChannel = (name: string): boolean => CACHE_PREFIX.test(name)

export function channelKind(name: string): ChannelKind {
  if (name.startsWith('private-encrypted-')) return 'encrypted'
  if (name.startsWith('private-')) return 'private'
  if (name.startsWith('presence-')) return 'presence'
  return name.startsWith(USER_PREFIX) ? 'user' : 'public'
}
