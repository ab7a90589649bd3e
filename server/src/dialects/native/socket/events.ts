import type { EventData, EventType } from '@parlance/protocol'
import { type ConversationEvent, type Member, type MessageDetails, sentDetails } from '../../../core/chat.ts'
import type { Frame } from '../../../delivery/index.ts'
import { unreachable } from '../../../lib/unreachable.ts'
import { wsTextFrame } from '../../../transport/index.ts'
import { accountName, conversationName, timeText } from '../names.ts'
import { conversationFactsOf, messageOf } from '../wire.ts'
import { messageText } from '../wire-text.ts'

type Told = {
  [Type in EventType]: { readonly type: Type; readonly data: EventData<Type> }
}[EventType]

/** The frame that everybody in the conversation gets; undefined when there is no word for the event. */
export function renderEvent(event: ConversationEvent, tombstone?: MessageDetails): Frame | undefined {
  if (!('change' in event)) return undefined
  const { conversationId } = event
  return wsTextFrame(
    `{"op":"event","conversation":"${conversationName(conversationId)}",${factsText(event, tombstone)}}`,
  )
}

type Change = Extract<ConversationEvent, { change: number }>

/** The same change as `changes` frames carry it. */
export const changeText = (event: Change, tombstone?: MessageDetails): string =>
  `{${factsText(event, tombstone)}}`

/** The JSON of `changeOf` without its braces. Almost all changes are messages that are sent. */
function factsText(event: Change, tombstone: MessageDetails | undefined): string {
  if (event.type === 'message.sent')
    return `"change":${event.change},"type":"message.sent","data":{"message":${messageText(sentDetails(event))}}`
  return JSON.stringify(changeOf(event, tombstone)).slice(1, -1)
}

/** The same change, as pages over REST have it. */
export const changeOf = (event: Change, tombstone?: MessageDetails) => ({
  change: event.change,
  ...told(event, tombstone),
})

function told(event: Change, tombstone: MessageDetails | undefined): Told {
  const { change } = event
  switch (event.type) {
    case 'message.sent':
      return { type: event.type, data: { message: messageOf(sentDetails(event)) } }
    case 'message.edited':
      return { type: event.type, data: { message: messageOf(event.message) } }
    case 'message.deleted': {
      const { type, seq, deletedAt } = event
      const data = { seq, version: change, deletedAt: timeText(deletedAt) }
      return { type, data: tombstone ? { ...data, message: messageOf(tombstone) } : data }
    }
    case 'message.reacted': {
      const { type, seq, version } = event
      const reactions = event.reactions.map((one) => ({ ...one, last: one.last.map(accountName) }))
      const by = event.by.map((one) => ({ ...one, account: accountName(one.account) }))
      return { type, data: { seq, version, reactions, by } }
    }
    case 'message.pinned':
    case 'message.unpinned': {
      const { type, seq, byId, at } = event
      const pinnedAt = type === 'message.pinned' ? timeText(at) : null
      return { type, data: { seq, version: change, by: accountName(byId), pinnedAt } }
    }
    case 'history.purged':
      return { type: event.type, data: { upToSeq: event.upToSeq } }
    case 'conversation.created': {
      const { type, conversation, members } = event
      return {
        type,
        data: { conversation: conversationFactsOf(conversation), members: members.map(memberFactsOf) },
      }
    }
    case 'conversation.changed':
      return {
        type: event.type,
        data: { conversation: conversationFactsOf(event.conversation), by: accountName(event.byId) },
      }
    case 'member.joined':
      return { type: event.type, data: { member: memberFactsOf(event.member) } }
    case 'member.changed':
      return {
        type: event.type,
        data: { member: memberFactsOf(event.member), by: accountName(event.byId) },
      }
    case 'member.left': {
      const { type, accountId, byId } = event
      return { type, data: { account: accountName(accountId), by: byId === null ? null : accountName(byId) } }
    }
    default:
      return unreachable(event)
  }
}

const memberFactsOf = ({ accountId, username, role, joinedAt }: Member) => ({
  account: accountName(accountId),
  username,
  role,
  joinedAt: timeText(joinedAt),
})
