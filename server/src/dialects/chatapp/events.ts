import type { AccountId, ConversationEvent, Sender } from '../../core/chat.ts'
import type { Frame } from '../../delivery/index.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { wsTextFrame } from '../../transport/index.ts'
import { conversationOf, sentMessageOf, success } from './wire.ts'

type Creation = Extract<ConversationEvent, { type: 'conversation.created' }>

/** An event in the same bytes for everyone who hears it; undefined when there is no word for it. */
export function renderEvent(event: ConversationEvent): Frame | undefined {
  switch (event.type) {
    case 'message.sent':
      return wsTextFrame(success('send_message', sentMessageOf(event.message)))
    case 'conversation.created':
      return event.conversation.kind === 'group'
        ? renderCreation(event, event.conversation.creatorId)
        : undefined
    case 'message.deleted':
    case 'member.joined':
    case 'member.left':
    case 'visitor.arrived':
    case 'visitor.departed':
      return undefined
    default:
      return unreachable(event)
  }
}

/** To each member a private conversation bears the other's name, so each gets a frame of their own. */
export const isPersonal = (event: ConversationEvent): event is Creation =>
  event.type === 'conversation.created' && event.conversation.kind === 'private'

export function renderCreation(event: Creation, viewerId: AccountId): Frame {
  return wsTextFrame(
    success('create_conversation', conversationOf(event.conversation, event.members, viewerId)),
  )
}

export const renderStatus = ({ username }: Sender, isOnline: boolean): Frame =>
  wsTextFrame(success('user_status', { username, is_online: isOnline }))
