import type { CONVERSATION_OPERATIONS, NewConversation } from '@parlance/protocol'
import { type AccountId, ChatError, type CreatedConversation, type Once } from '../../../core/chat.ts'
import { costOfCreation } from '../../rate-limit.ts'
import type { Handlers } from '../call.ts'
import { pageOf } from '../cursors.ts'
import { cursorOf, placeIn } from '../listing-cursor.ts'
import { accountIdIn, conversationIdIn } from '../names.ts'
import { idOf } from '../places.ts'
import { invalid } from '../refusal.ts'
import { onceOf } from '../repeats.ts'
import { listingOf, readStateOf } from '../wire.ts'
import type { RequestParts } from './parts.ts'

export function conversationHandlers({
  chat,
  places,
}: Pick<RequestParts, 'chat' | 'places'>): Handlers<keyof typeof CONVERSATION_OPERATIONS> {
  const { conversations, memberships } = chat

  const create = (
    accountId: AccountId,
    wanted: NewConversation,
    once: Once | undefined,
  ): Promise<CreatedConversation> => {
    switch (wanted.kind) {
      case 'private':
        return namingMembers(
          [wanted.with],
          '#/with',
          conversations.openPrivate(accountId, accountIdIn(wanted.with), once),
        )
      case 'group': {
        const ids = wanted.members.map(accountIdIn)
        const creating = conversations.createGroup(accountId, ids, wanted.name ?? null, once)
        return namingMembers(wanted.members, '#/members', creating)
      }
      case 'open': {
        const { name, topic = null, listed: isListed = true } = wanted
        return conversations.createOpen(accountId, name, { topic, isListed, once })
      }
    }
  }

  return {
    listConversations: {
      isLong: true,
      run: async ({ asker, query: { archived: isArchived = false, search, limit = 50, cursor } }) => {
        const wanted = { isArchived, after: placeIn(cursor), limit: limit + 1 }
        const finding =
          search === undefined
            ? memberships.list(idOf(asker), wanted)
            : memberships.search(idOf(asker), wanted, search)
        const { items, next } = pageOf(await finding, limit, cursorOf)
        return { status: 200, body: { items: items.map(listingOf), next } }
      },
    },
    createConversation: {
      limit: 'create',
      cost: ({ body }) => (body.kind === 'group' ? costOfCreation(body.members.length) : 1),
      run: async (call) => {
        const { asker, body } = call
        const once = onceOf('createConversation', call)
        const { conversation, isNew } = await create(idOf(asker), body, once)
        const listing = await places.listing(asker, conversation.conversationId)
        const location = `/v1/conversations/${listing.id}`
        return isNew ? { status: 201, body: listing, headers: { location } } : { status: 200, body: listing }
      },
    },
    getConversation: {
      run: async ({ asker, params }) => ({
        status: 200,
        body: await places.listing(asker, conversationIdIn(params.c)),
      }),
    },
    changeConversation: {
      run: async ({ asker, params, body: { listed, ...change } }) => {
        const { conversation } = await places.standing(asker, params.c)
        const { conversationId } = conversation
        const wanted = listed === undefined ? change : { ...change, isListed: listed }
        await conversations.change(idOf(asker), conversationId, wanted)
        return { status: 200, body: await places.listing(asker, conversationId) }
      },
    },
    changeMembership: {
      run: async ({ asker, params, body: { muted, pinned, archived, notify } }) => {
        const { conversation } = await places.standing(asker, params.c)
        const { conversationId } = conversation
        await memberships.setPreferences(idOf(asker), conversationId, {
          ...(muted !== undefined && { isMuted: muted }),
          ...(pinned !== undefined && { isPinned: pinned }),
          ...(archived !== undefined && { isArchived: archived }),
          ...(notify !== undefined && { notify }),
        })
        return { status: 200, body: await places.listing(asker, conversationId) }
      },
    },
    markRead: {
      limit: 'read',
      run: async ({ asker, params, body: { seq, force: isForced = false } }) => {
        const { conversation } = await places.standing(asker, params.c)
        const mark = { seq, isForced }
        const state = await memberships.markReadUpTo(idOf(asker), conversation.conversationId, mark)
        return { status: 200, body: readStateOf(state) }
      },
    },
  }
}

/** Refuses an unknown account by its place in the request. */
async function namingMembers<T>(names: readonly string[], pointer: string, creating: Promise<T>): Promise<T> {
  try {
    return await creating
  } catch (error) {
    if (!(error instanceof ChatError && error.code === 'unknown_account')) throw error
    const at = names.indexOf(`a_${error.details.accountId}`)
    const place = pointer === '#/members' && at >= 0 ? `${pointer}/${at}` : pointer
    throw invalid({ pointer: place, detail: 'is no account that you may see' })
  }
}
