import type { MessageDetails, Sender } from '../../core/chat.ts'
import type { Micros } from '../../lib/clock.ts'
import { accountName, conversationName, messageName, timeText } from './names.ts'
import { attachmentOf, mentionOf, reactionsOf } from './wire.ts'

const quoted = (text: string): string => JSON.stringify(text)
const textOrNull = (text: string | null): string => (text === null ? 'null' : quoted(text))
const momentOrNull = (at: Micros | null): string => (at === null ? 'null' : `"${timeText(at)}"`)

const personText = ({ accountId, username, displayName }: Sender): string =>
  `{"id":"${accountName(accountId)}","username":${quoted(username)},"displayName":${quoted(displayName)}}`

/** A list, which is empty in most messages. */
const listText = <One>(all: readonly One[], shown: (all: readonly One[]) => unknown): string =>
  all.length === 0 ? '[]' : JSON.stringify(shown(all))

/**
 * The JSON of `messageOf`, spelled out: it is written for every message, and `JSON.stringify` takes three times as long
 * over the object.
 */
export const messageText = (message: MessageDetails): string =>
  `{"id":"${messageName(message.messageId)}","conversation":"${conversationName(message.conversationId)}",` +
  `"seq":${message.seq},"version":${message.version},"sender":${personText(message.sender)},` +
  `"clientId":${textOrNull(message.clientId)},"body":${quoted(message.body)},"format":"${message.format}",` +
  `"replyTo":${message.replyToSeq},"thread":${message.thread},"replyCount":${message.replyCount},` +
  `"lastReplySeq":${message.lastReplySeq},"mentions":${listText(message.mentions, (all) => all.map(mentionOf))},` +
  `"attachments":${listText(message.attachments ?? [], (all) => all.map(attachmentOf))},` +
  `"reactions":${listText(message.reactions, reactionsOf)},"sentAt":"${timeText(message.sentAt)}",` +
  `"editedAt":${momentOrNull(message.editedAt)},"deletedAt":${momentOrNull(message.deletedAt)},` +
  `"pinnedAt":${momentOrNull(message.pinnedAt)}}`
