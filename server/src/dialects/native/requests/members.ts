import type { MEMBER_OPERATIONS } from '@parlance/protocol'
import {
  type AccountId,
  type ConversationId,
  type MemberDetails,
  may,
  mayGiveRole,
  type Role,
  type Standing,
} from '../../../core/chat.ts'
import type { Asker, Handlers } from '../call.ts'
import { cursorText, numberAt, pageOf } from '../cursors.ts'
import { accountIdIn, conversationIdIn } from '../names.ts'
import { idOf } from '../places.ts'
import { Refusal } from '../refusal.ts'
import { memberOf } from '../wire.ts'
import type { RequestParts } from './parts.ts'

export function memberHandlers({
  chat,
  places,
}: Pick<RequestParts, 'chat' | 'places'>): Handlers<keyof typeof MEMBER_OPERATIONS> {
  const { conversations, members } = chat

  /** Makes a member, unless it is one. */
  const add = async (asker: Asker, standing: Standing, accountId: AccountId, role?: Role): Promise<void> => {
    const { conversation, member: by } = standing
    const { conversationId, kind } = conversation
    if (await members.find({ conversationId, accountId })) return
    // Before anything is done: a member with another role than the one asked for would be half of it.
    const isOther = role !== undefined && role !== 'member'
    if (isOther && !(by && mayGiveRole(by.role, { from: 'member', to: role }, kind)))
      throw new Refusal('forbidden')
    await conversations.add(idOf(asker), conversationId, accountId)
  }

  const giveRole = async (
    asker: Asker,
    place: { readonly conversationId: ConversationId; readonly accountId: AccountId },
    role: Role | undefined,
  ): Promise<void> => {
    const found = await members.find(place)
    if (role !== undefined && found?.role !== role) await members.changeRole(idOf(asker), { ...place, role })
  }

  const shown = async (conversationId: ConversationId, accountId: AccountId) => {
    const member = await members.find({ conversationId, accountId })
    // Somebody has removed it meanwhile.
    if (!member) throw new Refusal('conflict')
    return { status: 200, body: memberOf(member) } as const
  }

  return {
    listMembers: {
      isLong: true,
      run: async ({ asker, params, query: { limit = 50, cursor } }) => {
        const { conversation } = await places.standing(asker, params.c)
        const page = { after: numberAt(cursor), limit: limit + 1 }
        const found = await members.page(conversation.conversationId, page)
        const { items, next } = pageOf(found, limit, byId)
        return { status: 200, body: { items: items.map(memberOf), next } }
      },
    },
    putMember: {
      run: async ({ asker, params, body: { role } }) => {
        const accountId = accountIdIn(params.a)
        const isSelf = accountId === idOf(asker)
        // One enters as a plain member: a request for more is refused before half of it is done.
        const mayEnter = isSelf && (role === undefined || role === 'member')
        const standing = mayEnter
          ? await places.entered(asker, params.c)
          : await places.standing(asker, params.c)
        requireShared(standing)
        const { conversationId } = standing.conversation
        if (!isSelf) await add(asker, standing, accountId, role)
        await giveRole(asker, { conversationId, accountId }, role)
        return shown(conversationId, accountId)
      },
    },
    removeMember: {
      run: async ({ asker, params }) => {
        const accountId = accountIdIn(params.a)
        if (accountId === idOf(asker)) {
          const conversationId = conversationIdIn(params.c)
          const standing = await conversations.standing(accountId, conversationId)
          if (!standing) return { status: 204 }
          requireShared(standing)
          await conversations.leave(accountId, standing.conversation)
          return { status: 204 }
        }
        const standing = await places.standing(asker, params.c)
        const { conversationId } = standing.conversation
        requireMayRemove(standing)
        if (await members.find({ conversationId, accountId }))
          await members.remove(idOf(asker), { conversationId, accountId })
        return { status: 204 }
      },
    },
    liftBan: {
      run: async ({ asker, params }) => {
        const { conversation } = await places.standing(asker, params.c)
        const { conversationId } = conversation
        await members.liftBan(idOf(asker), { conversationId, accountId: accountIdIn(params.a) })
        return { status: 204 }
      },
    },
  }
}

const byId = ({ accountId }: MemberDetails): string => cursorText(accountId)

/** Refuses `forbidden` in a private conversation, whose two members stay. */
function requireShared({ conversation }: Standing): void {
  if (conversation.kind === 'private')
    throw new Refusal('forbidden', { detail: 'A private conversation stays between its two members.' })
}

function requireMayRemove(standing: Standing): void {
  requireShared(standing)
  const { conversation, member } = standing
  if (!member || !may('remove', member.role, conversation.kind)) throw new Refusal('forbidden')
}
