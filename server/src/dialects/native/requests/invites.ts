import type { INVITE_OPERATIONS } from '@parlance/protocol'
import type { Invite } from '../../../core/chat.ts'
import { MICROS_PER_SECOND } from '../../../lib/clock.ts'
import type { Handlers } from '../call.ts'
import { cursorText, numberAt, pageOf } from '../cursors.ts'
import { counted } from '../guesses.ts'
import { inviteIdIn } from '../names.ts'
import { idOf } from '../places.ts'
import { onceOf } from '../repeats.ts'
import { inviteOf } from '../wire.ts'
import type { RequestParts } from './parts.ts'

export function inviteHandlers({
  chat,
  limits,
  places,
}: Pick<RequestParts, 'chat' | 'limits' | 'places'>): Handlers<keyof typeof INVITE_OPERATIONS> {
  const { invites } = chat

  return {
    createInvite: {
      limit: 'create',
      run: async (call) => {
        const { asker, params, body } = call
        const { expiresIn, maxUses } = body
        const once = onceOf('createInvite', call)
        const { conversation } = await places.standing(asker, params.c)
        const terms = {
          ...(expiresIn !== undefined && { expiresIn: expiresIn * MICROS_PER_SECOND }),
          ...(maxUses !== undefined && { maxUses }),
          ...(once && { once }),
        }
        const { invite, code } = await invites.create(idOf(asker), conversation.conversationId, terms)
        const made = { ...inviteOf(invite), code }
        const location = `/v1/conversations/${made.conversation}/invites/${made.id}`
        return { status: 201, body: made, headers: { location } }
      },
    },
    listInvites: {
      run: async ({ asker, params, query: { limit = 50, cursor } }) => {
        const { conversation } = await places.standing(asker, params.c)
        const found = await invites.list(idOf(asker), conversation.conversationId, numberAt(cursor))
        const { items, next } = pageOf(found, limit, byId)
        return { status: 200, body: { items: items.map(inviteOf), next } }
      },
    },
    revokeInvite: {
      run: async ({ asker, params }) => {
        const { conversation } = await places.standing(asker, params.c)
        await invites.revoke(idOf(asker), conversation.conversationId, inviteIdIn(params.i))
        return { status: 204 }
      },
    },
    joinByInvite: {
      run: async ({ asker, params, address }) => {
        const joining = () => invites.join(asker.account, params.code)
        const { conversationId } = await counted(limits, address, joining)
        return { status: 200, body: await places.listing(asker, conversationId) }
      },
    },
  }
}

const byId = ({ inviteId }: Invite): string => cursorText(inviteId)
