import type { ANNOTATION_OPERATIONS } from '@parlance/protocol'
import type { MessageDetails, MessagePlace } from '../../../core/chat.ts'
import type { Handlers } from '../call.ts'
import { cursorText, pageOf, pairAt } from '../cursors.ts'
import { conversationIdIn } from '../names.ts'
import { ownOfSome } from '../own-reactions.ts'
import { idOf } from '../places.ts'
import { unless } from '../unless.ts'
import { messageOf, reactionsOf } from '../wire.ts'
import type { RequestParts } from './parts.ts'

export function annotationHandlers({
  chat,
  places,
}: Pick<RequestParts, 'chat' | 'places'>): Handlers<keyof typeof ANNOTATION_OPERATIONS> {
  const { pins, reactions } = chat

  return {
    putReaction: {
      limit: 'react',
      run: async ({ asker, params: { c, seq, key } }) => {
        const standing = await places.standing(asker, c)
        const outcome = await reactions.put(asker.account, standing, { seq, key })
        return { status: 200, body: { ...outcome, reactions: reactionsOf(outcome.reactions) } }
      },
    },
    removeReaction: {
      limit: 'react',
      run: async ({ asker, params: { c, seq, key } }) => {
        const standing = await places.standing(asker, c)
        // The reactions of a tombstone are gone already.
        await places.message(standing, seq)
        await unless('unknown_message', reactions.remove(asker.account, standing, { seq, key }))
        return { status: 204 }
      },
    },
    pinMessage: {
      limit: 'edit',
      run: async ({ asker, params: { c, seq } }) => {
        const standing = await places.standing(asker, c)
        await pins.pin(idOf(asker), placeOf(c, seq))
        return { status: 200, body: messageOf(await places.message(standing, seq)) }
      },
    },
    unpinMessage: {
      limit: 'edit',
      run: async ({ asker, params: { c, seq } }) => {
        await places.message(await places.standing(asker, c), seq)
        await unless('unknown_message', pins.unpin(idOf(asker), placeOf(c, seq)))
        return { status: 204 }
      },
    },
    listPins: {
      isLong: true,
      run: async ({ asker, params, query: { limit = 50, cursor } }) => {
        const { conversation } = await places.standing(asker, params.c)
        const place = pairAt(cursor)
        const before = place && { pinnedAt: place[0], seq: place[1] }
        const wanted = { limit: limit + 1, ...(before && { before }) }
        const found = await pins.list(conversation.conversationId, wanted)
        const { items, next } = pageOf(found, limit, byPin)
        const own = await ownOfSome(reactions, idOf(asker), items)
        return { status: 200, body: { items: items.map(messageOf), own, next } }
      },
    },
  }
}

const placeOf = (c: string, seq: number): MessagePlace => ({ conversationId: conversationIdIn(c), seq })

const byPin = ({ pinnedAt, seq }: MessageDetails): string => cursorText(pinnedAt ?? 0, seq)
