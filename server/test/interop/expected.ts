import type { Account, AuthoredMessage } from '../../src/core/chat.ts'
import type { DialectName } from '../../src/dialects/index.ts'
import type { Place, Shown } from '../support/clients/index.ts'

/** The table "One core: what each dialect sees of the others", as functions of what the core knows. */

export interface Seen {
  readonly place: Place
  readonly viewer: Account
  /** The viewer's rooms credential, which stands for them on what is rendered for them. */
  readonly secret: string
  readonly how: 'live' | 'in the history'
}

/** A message as that dialect shows it to that viewer. */
export const SHOWN: Readonly<Record<DialectName, (message: AuthoredMessage, seen: Seen) => Shown>> = {
  rooms: ({ messageId, body, sender, sentAt }, { viewer, secret }) => ({
    text: body,
    id: messageId,
    sender: {
      uuid: sender.accountId === viewer.accountId ? secret : sender.uuid,
      username: sender.displayName,
    },
    at: sentAt / 1e6,
  }),

  chatapp: ({ messageId, body, sender, sentAt }, { place }) => ({
    text: body,
    id: messageId,
    sender: sender.username,
    place: place.conversationId,
    at: Math.floor(sentAt / 1e6),
  }),

  groups: ({ messageId, body, sender, sentAt }, { place }) => ({
    text: body,
    id: messageId.toString(16).padStart(24, '0'),
    sender: sender.username,
    place: groupName(place),
    at: iso(sentAt),
  }),

  messenger: ({ messageId, body, sender, sentAt }) => ({
    text: body,
    id: messageId,
    sender: { id: sender.accountId, username: sender.username },
    at: iso(sentAt),
  }),

  channels: ({ messageId, body, sender }, { place, how }) => ({
    text: body,
    id: messageId,
    sender: {
      from_user: sender.accountId,
      to_user: place.memberIds.find((id) => id !== sender.accountId),
    },
    place: how === 'live' ? channelName(place) : place.conversationId,
  }),

  native: ({ messageId, body, sender, sentAt }, { place }) => ({
    text: body,
    id: `m_${messageId}`,
    sender: { id: `a_${sender.accountId}`, username: sender.username, displayName: sender.displayName },
    place: `c_${place.conversationId}`,
    at: iso(sentAt, 'Z'),
  }),
}

/** The conversation's title, for a viewer who talks there with that other. */
export const TITLE: Readonly<Record<DialectName, (place: Place, other: Account) => unknown>> = {
  rooms: () => undefined,
  chatapp: ({ kind, name, gid }, other) => {
    const title = kind === 'private' ? other.username : (name ?? gid)
    return { listed: title, name: title }
  },
  groups: groupName,
  messenger: ({ kind, name, gid }) => {
    const title = kind === 'private' ? { name: null, type: 'private' } : { name: name ?? gid, type: 'group' }
    return { listed: title, ...title }
  },
  channels: channelName,
  native: ({ kind, name, gid }, other) => {
    const title = kind === 'private' ? other.username : (name ?? gid)
    return { listed: title, title }
  },
}

function groupName({ kind, name, gid }: Place): string {
  return kind === 'open' && name !== null ? name : gid
}

function channelName({ creatorId, memberIds }: Place): string {
  return `private-chat_${creatorId}_${memberIds.find((id) => id !== creatorId)}`
}

/** Six digits, as the wires have it. Written here again, so that no mistake is compared with itself. */
function iso(micros: number, zone = '+00:00'): string {
  const digits = String(micros)
  return `${new Date(Number(digits.slice(0, -6)) * 1000).toISOString().slice(0, 19)}.${digits.slice(-6)}${zone}`
}
