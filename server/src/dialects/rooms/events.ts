import type { AccountId, ConversationEvent } from '../../core/chat.ts'
import type { Render } from '../../delivery/index.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { socketIoFrame } from '../../transport/index.ts'
import { UUID_OFFSET, type WireMessage, wireMessage, wireOccupant } from './wire.ts'

type WireEvent =
  | { readonly name: 'message'; readonly payload: WireMessage; readonly senderId: AccountId }
  | { readonly name: 'join_room' | 'leave_room'; readonly payload: ReturnType<typeof wireOccupant> }

/** Undefined for what this dialect has no word for. */
function wireEvent(event: ConversationEvent): WireEvent | undefined {
  switch (event.type) {
    case 'message.sent':
      return { name: 'message', payload: wireMessage(event.message), senderId: event.message.senderId }
    case 'visitor.arrived':
      return { name: 'join_room', payload: wireOccupant(event.visitor) }
    case 'visitor.departed':
      return { name: 'leave_room', payload: wireOccupant(event.visitor) }
    case 'conversation.created':
    case 'conversation.changed':
    case 'message.edited':
    case 'message.deleted':
    case 'message.reacted':
    case 'message.pinned':
    case 'message.unpinned':
    case 'history.purged':
    case 'member.joined':
    case 'member.changed':
    case 'member.left':
      return undefined
    default:
      return unreachable(event)
  }
}

/** For raw TCP: messages only, a line each. */
export const renderLine: Render = (event) => {
  const wire = wireEvent(event)
  if (wire?.name !== 'message') return undefined
  const bytes = Buffer.from(`${JSON.stringify(wire.payload)}\n`)
  return { bytes, headerBytes: 0, owner: { accountId: wire.senderId, offset: UUID_OFFSET } }
}

const BEFORE_MESSAGE = '["message",'.length

/** For Socket.IO. */
export const renderPacket: Render = (event) => {
  const wire = wireEvent(event)
  if (!wire) return undefined
  const frame = socketIoFrame(wire.name, wire.payload)
  if (wire.name !== 'message') return frame
  const offset = frame.headerBytes + BEFORE_MESSAGE + UUID_OFFSET
  return { ...frame, owner: { accountId: wire.senderId, offset } }
}
