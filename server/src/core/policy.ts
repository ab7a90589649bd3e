import type { Standing } from '../store/store.ts'
import { ChatError } from './errors.ts'
import type { Account, AccountId, Conversation, ConversationKind, Role } from './types.ts'

/** Highest first. */
export const ROLES: readonly Role[] = ['owner', 'admin', 'moderator', 'member', 'reader']

/** The lowest role that may do something, by the kind of conversation. Null where nobody may. */
type Least = Readonly<Record<ConversationKind, Role | null>>

const inAll = (role: Role): Least => ({ private: 'member', group: role, open: role })
const notInPrivate = (role: Role): Least => ({ private: null, group: role, open: role })

/** The one table of rights, from which the page of roles follows, and all that clients are told of their rights. */
const LEAST_ROLES = {
  read: inAll('reader'),
  react: inAll('reader'),
  /** One's own message only. */
  deleteOwn: inAll('reader'),
  send: inAll('member'),
  /** One's own message only. */
  edit: inAll('member'),
  pin: inAll('admin'),
  /** The texts that another's message had before it was edited. */
  readVersions: notInPrivate('moderator'),
  deleteOthers: notInPrivate('moderator'),
  mentionAll: notInPrivate('moderator'),
  /** While the conversation lets its members add others. */
  add: notInPrivate('member'),
  addAlways: notInPrivate('moderator'),
  /** Only members below one's own role. */
  remove: notInPrivate('moderator'),
  liftBan: { private: null, group: null, open: 'moderator' },
  /** Only members below one's own role, to a role below one's own: a moderator makes readers of members, and back. */
  changeRole: notInPrivate('moderator'),
  handOver: notInPrivate('owner'),
  /** Name, topic, and whether members add others. */
  change: notInPrivate('admin'),
  list: { private: null, group: null, open: 'admin' },
  /** For how many days its messages are kept. */
  retain: notInPrivate('admin'),
  invite: notInPrivate('admin'),
  leave: notInPrivate('reader'),
} as const satisfies Readonly<Record<string, Least>>

export type Action = keyof typeof LEAST_ROLES

// The keys of the table are its actions.
export const ACTIONS = Object.keys(LEAST_ROLES) as readonly Action[]

const isAtLeast = (role: Role, least: Role): boolean => ROLES.indexOf(role) <= ROLES.indexOf(least)
export const isBelow = (role: Role, other: Role): boolean => !isAtLeast(role, other)

/** May a member of that role, in a conversation of that kind? Blocking is another matter. */
export function may(action: Action, role: Role, kind: ConversationKind): boolean {
  const least = LEAST_ROLES[action][kind]
  return least !== null && isAtLeast(role, least)
}

/** All that a member of that role may do there, where adding goes by what the conversation lets its members do. */
export function actionsOf(
  role: Role,
  { kind, membersAdd }: Pick<Conversation, 'kind' | 'membersAdd'>,
): Action[] {
  const mayAdd = may(membersAdd ? 'add' : 'addAlways', role, kind)
  return ACTIONS.filter((action) => {
    if (action === 'addAlways') return false
    return action === 'add' ? mayAdd : may(action, role, kind)
  })
}

/** Refuses 'not_a_member', 'forbidden'. */
export function requireMay(action: Action, { conversation, member }: Standing): Role {
  const { conversationId, kind } = conversation
  if (!member) throw new ChatError('not_a_member', { conversationId })
  if (!may(action, member.role, kind)) throw forbidden(conversation, action)
  return member.role
}

/** May a member of role `by` give `to` to one of role `from`? Handing over is giving the role of the owner. */
export function mayGiveRole(
  by: Role,
  { from, to }: { from: Role; to: Role },
  kind: ConversationKind,
): boolean {
  if (!may('changeRole', by, kind) || !isBelow(from, by)) return false
  return to === 'owner' ? may('handOver', by, kind) : isBelow(to, by)
}

/** Guests are no more than members anywhere: they have no password to prove themselves by. */
export const mayHaveRole = (account: Account, role: Role): boolean =>
  !account.isGuest || isAtLeast('member', role)

/** The refusal of what a member's role does not allow. */
export const forbidden = ({ conversationId }: Conversation, action: Action): ChatError =>
  new ChatError('forbidden', { conversationId, action })

/** Anyone who knows an open conversation's name may enter it. A private or group one is entered by being added. */
export const mayEnter = (conversation: Conversation): boolean => conversation.kind === 'open'

/** A private conversation stays the pair's own: nobody is added to it, and nobody leaves it. */
export const mayChangeMembers = (conversation: Conversation): boolean => conversation.kind !== 'private'

/** Guests are nicknames: they are in open conversations and nowhere else. */
export const mayBeAdded = (account: Account): boolean => !account.isGuest && !account.isDisabled

/** May the account speak, or open conversations for others, at all? */
export const isActive = (account: Account): boolean => !account.isDisabled

export const maySend = ({ conversation, member, isBlocked }: Standing): boolean =>
  member !== null && !isBlocked && may('send', member.role, conversation.kind)

/** Refuses 'not_a_member', and 'message_refused': a blocked one's, and a reader's. */
export function requireMaySend(standing: Standing): void {
  const { conversationId } = standing.conversation
  if (!standing.member) throw new ChatError('not_a_member', { conversationId })
  if (!maySend(standing)) throw new ChatError('message_refused', { conversationId })
}

/** As `requireMay`, of what somebody blocked may not do either: then refuses 'message_refused'. */
export function requireMayUnblocked(action: Action, standing: Standing): Role {
  const role = requireMay(action, standing)
  const { conversationId } = standing.conversation
  if (standing.isBlocked) throw new ChatError('message_refused', { conversationId })
  return role
}

/** May the account see and change what is everybody's? */
const mayAdminister = (account: Account): boolean => account.isAdmin && isActive(account)

/** Refuses 'forbidden'. */
export function requireAdmin(account: Account): void {
  if (!mayAdminister(account)) throw new ChatError('forbidden', { isForAdmins: true })
}

/**
 * Administrators act on others only, and on no administrator: who has taken one's session over could keep the rest out. An
 * operator's command does that. Refuses 'with_yourself', 'forbidden'.
 */
export function requireMayActOn(by: Account, target: Account): void {
  requireAnother(by.accountId, target.accountId)
  if (target.isAdmin) throw new ChatError('forbidden', { isAboutAdmin: true })
}

/** Nobody is their own contact, blocks themselves, or has a private conversation with themselves. */
export function requireAnother(accountId: AccountId, otherId: AccountId): void {
  if (accountId === otherId) throw new ChatError('with_yourself')
}
