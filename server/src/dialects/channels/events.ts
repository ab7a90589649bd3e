import type { ConversationEvent, ConversationId } from '../../core/chat.ts'
import type { Render } from '../../delivery/index.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { pusherFrame } from '../../pusher/index.ts'
import { type ChatChannel, type ChatChannelKind, chatName } from './channel-names.ts'
import { parseWording, plainIds, wireMessage } from './wire.ts'

interface PusherEvent {
  readonly name: 'new_message' | 'new_chat'
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

/** Renders for the subscribers of one kind of channel, which `channelOf` knows while there are any. */
export const renderFor =
  (kind: ChatChannelKind, channelOf: (conversationId: ConversationId) => ChatChannel | undefined): Render =>
  (event) => {
    const channel = channelOf(event.conversationId)
    const said = channel && pusherEvent(event, channel)
    return said && pusherFrame(said.name, chatName(channel.pair, kind), said.data)
  }
