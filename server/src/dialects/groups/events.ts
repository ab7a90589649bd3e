import type { ConversationEvent } from '../../core/chat.ts'
import type { Frame } from '../../delivery/index.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { socketIoFrame } from '../../transport/index.ts'
import { messageSent } from './wire.ts'

/** The event as the sockets in a group receive it; undefined when the dialect has no word for it. */
export function renderEvent(event: ConversationEvent): Frame | undefined {
  switch (event.type) {
    case 'message.sent': {
      const sent = messageSent(event.conversation, event.message)
      return socketIoFrame(sent.event, sent.payload)
    }
    case 'conversation.created':
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
