import type { AccountId, ConversationEvent, Sender } from '../../core/chat.ts'
import type { AccountNews, Frame, PersonalFrame } from '../../delivery/index.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { wsTextFrame } from '../../transport/index.ts'
import { conversationOf, sentMessageOf, success } from './wire.ts'

type Creation = Extract<ConversationEvent, { type: 'conversation.created' }>

/** Undefined when there is no word for it. */
export function renderEvent(event: ConversationEvent): Frame | PersonalFrame | undefined {
  switch (event.type) {
    case 'message.sent':
      return wsTextFrame(success('send_message', sentMessageOf(event.message)))
    case 'conversation.created':
      return creation(event)
    case 'message.edited':
    case 'message.deleted':
    case 'message.reacted':
    case 'message.pinned':
    case 'message.unpinned':
    case 'history.purged':
    case 'member.joined':
    case 'conversation.changed':
    case 'member.changed':
    case 'member.left':
    case 'visitor.arrived':
    case 'visitor.departed':
      return undefined
    default:
      return unreachable(event)
  }
}

function creation({ conversation, members }: Creation): Frame | PersonalFrame | undefined {
  const shownTo = (viewerId: AccountId) =>
    wsTextFrame(success('create_conversation', conversationOf(conversation, members, viewerId)))
  switch (conversation.kind) {
    case 'group':
      return shownTo(conversation.creatorId)
    case 'private':
      // To each it bears the other's name.
      return shownTo
    case 'open':
      return undefined
  }
}

/** Undefined when there is no word for it. */
export function renderNews(news: AccountNews): Frame | undefined {
  switch (news.type) {
    case 'contact.presence':
      return renderStatus(news.contact, news.isOnline)
    case 'account.changed':
    case 'account.joined':
    case 'account.left':
    case 'account.revoked':
    case 'session.ended':
    case 'account.reviewed':
      return undefined
    default:
      return unreachable(news)
  }
}

export const renderStatus = ({ username }: Sender, isOnline: boolean): Frame =>
  wsTextFrame(success('user_status', { username, is_online: isOnline }))
