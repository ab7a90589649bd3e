import type * as Wire from '@parlance/protocol'
import {
  type Account,
  type Attachment,
  actionsOf,
  type Conversation,
  type Invite,
  type MemberDetails,
  type Mention,
  type MessageDetails,
  type OwnListing,
  type Reaction,
  type ReadState,
  type Sender,
} from '../../core/chat.ts'
import { fileName } from '../file-links.ts'
import { accountName, conversationName, inviteName, messageName, timeOrNull, timeText } from './names.ts'

type OwnSide = Pick<Wire.Listing, 'me' | 'can' | 'other'>

export const personOf = ({ accountId, username, displayName }: Omit<Sender, 'uuid'>): Wire.Person => ({
  id: accountName(accountId),
  username,
  displayName,
})

export const accountOf = (account: Account): Wire.Account => ({
  ...personOf(account),
  bio: account.bio,
  isGuest: account.isGuest,
  isBot: false,
})

export const ownAccountOf = (
  account: Account,
  settings: Readonly<Record<string, unknown>>,
): Wire.OwnAccount => ({
  ...accountOf(account),
  email: account.email,
  emailConfirmed: account.emailConfirmed,
  settings,
  createdAt: timeText(account.createdAt),
  isAdmin: account.isAdmin,
})

export const mentionOf = (mention: Mention): Wire.Mention => {
  const at: [number, number] = [mention.at[0], mention.at[1]]
  return 'all' in mention ? { all: true, at } : { account: accountName(mention.account), at }
}

export const attachmentOf = ({ fileId, ...facts }: Attachment): Wire.Attachment => ({
  id: fileName(fileId),
  ...{ name: facts.name, type: facts.type, size: facts.size, width: facts.width, height: facts.height },
})

export const messageOf = (message: MessageDetails): Wire.Message => ({
  id: messageName(message.messageId),
  conversation: conversationName(message.conversationId),
  seq: message.seq,
  version: message.version,
  sender: personOf(message.sender),
  clientId: message.clientId,
  body: message.body,
  format: message.format,
  replyTo: message.replyToSeq,
  thread: message.thread,
  replyCount: message.replyCount,
  lastReplySeq: message.lastReplySeq,
  mentions: message.mentions.map(mentionOf),
  attachments: (message.attachments ?? []).map(attachmentOf),
  reactions: reactionsOf(message.reactions),
  sentAt: timeText(message.sentAt),
  editedAt: timeOrNull(message.editedAt),
  deletedAt: timeOrNull(message.deletedAt),
  pinnedAt: timeOrNull(message.pinnedAt),
})

/** A conversation without its messages and counts. */
export const conversationFactsOf = (conversation: Conversation) => ({
  id: conversationName(conversation.conversationId),
  gid: conversation.gid,
  kind: conversation.kind,
  name: conversation.name,
  topic: conversation.topic,
  listed: conversation.isListed,
  membersAdd: conversation.membersAdd,
  retentionDays: conversation.retentionDays,
  creator: accountName(conversation.creatorId),
  createdAt: timeText(conversation.createdAt),
})

/** A conversation for somebody who is not in it. */
export const directoryEntryOf = (conversation: Conversation): Wire.DirectoryEntry => ({
  ...conversationFactsOf(conversation),
  memberCount: conversation.memberCount,
})

export const conversationOf = (
  conversation: Conversation,
  lastMessage: MessageDetails | null,
): Wire.Conversation => ({
  ...directoryEntryOf(conversation),
  firstSeq: conversation.firstSeq,
  lastSeq: conversation.lastSeq,
  lastChange: conversation.lastChange,
  lastMessage: lastMessage && messageOf(lastMessage),
})

export const readStateOf = ({ readSeq, unread, mentions }: ReadState): Wire.ReadState => ({
  readSeq,
  unread,
  mentions,
})

/** The part of a listing that its own account alone is shown. */
export const ownSideOf = ({ conversation, other, own }: OwnListing): OwnSide => ({
  me: {
    role: own.role,
    ...readStateOf(own),
    muted: own.isMuted,
    pinned: own.isPinned,
    archived: own.isArchived,
    notify: own.notify,
  },
  can: actionsOf(own.role, conversation),
  other: other && personOf(other),
})

export const listingOf = (listing: OwnListing): Wire.Listing => ({
  ...conversationOf(listing.conversation, listing.lastMessage),
  ...ownSideOf(listing),
})

export const memberOf = (member: MemberDetails): Wire.Member => ({
  account: personOf(member),
  role: member.role,
  joinedAt: timeText(member.joinedAt),
})

export const inviteOf = (invite: Invite): Wire.Invite => ({
  id: inviteName(invite.inviteId),
  conversation: conversationName(invite.conversationId),
  maker: accountName(invite.makerId),
  createdAt: timeText(invite.createdAt),
  expiresAt: timeText(invite.expiresAt),
  maxUses: invite.maxUses,
  uses: invite.uses,
})

export const reactionsOf = (reactions: readonly Reaction[]): Wire.Reaction[] =>
  reactions.map(({ key, count, last }) => ({ key, count, last: last.map(accountName) }))
