import type { ConversationEvent } from '../../core/chat.ts'
import type { Frame } from '../../delivery/index.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { socketIoFrame } from '../../transport/index.ts'
import { messageDeleted, messageEdited, messageSent } from './wire.ts'

/** The event as the sockets in a group receive it; undefined when the dialect has no word for it. */
export function renderEvent(event: ConversationEvent): Frame | undefined {
  switch (event.type) {
    case 'message.sent': {
      const sent = messageSent(event.conversation, event.message)
      return socketIoFrame(sent.event, sent.payload)
    }
    case 'message.edited': {
      const edited = messageEdited(event.conversation, event.message)
      return socketIoFrame(edited.event, edited.payload)
    }
    case 'message.deleted': {
      const deleted = messageDeleted(event.conversationId, event.messageId)
      return socketIoFrame(deleted.event, deleted.payload)
    }
    case 'message.reacted':
    case 'message.pinned':
    case 'message.unpinned':
    case 'history.purged':
    case 'conversation.created':
    case 'conversation.changed':
    case 'member.joined':
    case 'member.changed':
    case 'member.left':
    case 'visitor.arrived':
    case 'visitor.departed':
      return undefined
    default:
      return unreachable(event)
  }
}
