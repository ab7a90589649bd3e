import type * as Wire from '@parlance/protocol'
import type { Account, ExportLine } from '../../core/chat.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { fileName } from '../file-links.ts'
import { accountName, conversationName, messageName, timeOrNull, timeText } from './names.ts'
import { mentionOf } from './wire.ts'

/** A line of an account's own data, in the words of this wire. */
export function exportLineOf(line: ExportLine): Wire.ExportLine {
  switch (line.kind) {
    case 'export':
      return { ...line, account: accountName(line.account), at: timeText(line.at) }
    case 'profile':
      return profileLineOf(line)
    case 'contact':
    case 'block':
      return { kind: line.kind, account: namedOf(line), since: timeText(line.at) }
    case 'membership':
      return membershipLineOf(line)
    case 'message':
      return messageLineOf(line)
    case 'reaction': {
      const { kind, conversationId, seq, key, at } = line
      return { kind, conversation: conversationName(conversationId), seq, key, at: timeText(at) }
    }
    case 'file':
      return fileLineOf(line)
    case 'end':
      return line
    default:
      return unreachable(line)
  }
}

type Line<Kind extends ExportLine['kind']> = Extract<ExportLine, { kind: Kind }>

const namedOf = ({ accountId, username }: Pick<Account, 'accountId' | 'username'>) => ({
  id: accountName(accountId),
  username,
})

const profileLineOf = (line: Line<'profile'>): Wire.ExportLine => ({
  kind: line.kind,
  account: {
    ...namedOf(line),
    displayName: line.displayName,
    bio: line.bio,
    isGuest: false,
    isBot: false,
    email: line.email,
    emailConfirmed: line.emailConfirmed,
    // Only this server writes them.
    settings: JSON.parse(line.settings ?? '{}'),
    createdAt: timeText(line.createdAt),
  },
  updatedAt: timeText(line.updatedAt),
  lastSeenAt: timeText(line.lastSeenAt),
})

function membershipLineOf(line: Line<'membership'>): Wire.ExportLine {
  const { kind, conversation, other, role, readSeq, notify } = line
  const { conversationId, gid, kind: kindOfIt, name } = conversation
  return {
    kind,
    conversation: { id: conversationName(conversationId), gid, kind: kindOfIt, name },
    other: other && namedOf(other),
    joinedAt: timeText(line.joinedAt),
    ...{ role, readSeq, notify },
    muted: line.isMuted,
    pinned: line.isPinned,
    archived: line.isArchived,
  }
}

const fileLineOf = ({ kind, fileId, name, type, size, createdAt, place }: Line<'file'>): Wire.ExportLine => ({
  kind,
  id: fileName(fileId),
  ...{ name, type, size },
  message: place && { conversation: conversationName(place.conversationId), seq: place.seq },
  uploadedAt: timeText(createdAt),
})

function messageLineOf(line: Line<'message'>): Wire.ExportLine {
  const { kind, seq, clientId, body, format, thread } = line
  return {
    kind,
    id: messageName(line.messageId),
    conversation: conversationName(line.conversationId),
    ...{ seq, clientId, body, format, thread },
    replyTo: line.replyToSeq,
    sentAt: timeText(line.sentAt),
    editedAt: timeOrNull(line.editedAt),
    mentions: line.mentions.map(mentionOf),
    versions: line.versions.map(({ body: text, writtenAt }) => ({
      body: text,
      writtenAt: timeText(writtenAt),
    })),
  }
}
