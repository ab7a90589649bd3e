import type { ConversationEvent, ConversationId } from '../../core/chat.ts'
import type { Render } from '../../delivery/index.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { pusherFrame } from '../../pusher/index.ts'
import { type ChatChannel, type ChatChannelKind, chatName } from './channel-names.ts'
import { parseWording, plainIds, wireMessage, wirePastMessage } from './wire.ts'

interface PusherEvent {
  readonly name: 'new_message' | 'message-edited' | 'message-deleted' | 'new_chat'
  /** JSON text: what Pusher carries is a string. */
  readonly data: string
}

/** The event as subscribers of the conversation's channel receive it; undefined when the dialect has no word for it. */
export function pusherEvent(event: ConversationEvent, channel: ChatChannel): PusherEvent | undefined {
  switch (event.type) {
    case 'message.sent': {
      const ids = parseWording(event.wording) ?? plainIds(event.message, channel)
      return { name: 'new_message', data: JSON.stringify(wireMessage(event.message, ids)) }
    }
    // No client of the original server knows the next two: it ignores them.
    case 'message.edited':
      return { name: 'message-edited', data: JSON.stringify(wirePastMessage(event.message, channel)) }
    case 'message.deleted':
      return {
        name: 'message-deleted',
        data: JSON.stringify({ id: event.messageId, channel_id: event.conversationId }),
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

/** Renders for the subscribers of one kind of channel, which `channelOf` knows while there are any. */
export const renderFor =
  (kind: ChatChannelKind, channelOf: (conversationId: ConversationId) => ChatChannel | undefined): Render =>
  (event) => {
    const channel = channelOf(event.conversationId)
    const said = channel && pusherEvent(event, channel)
    return said && pusherFrame(said.name, chatName(channel.pair, kind), said.data)
  }
