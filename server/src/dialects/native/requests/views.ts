import type { VIEW_OPERATIONS } from '@parlance/protocol'
import { type MessageDetails, type MessageVersion, may, type Standing } from '../../../core/chat.ts'
import type { Asker, Handlers } from '../call.ts'
import { cursorText, numberAt, pageOf } from '../cursors.ts'
import { timeText } from '../names.ts'
import { ownByConversation, ownOfSome } from '../own-reactions.ts'
import { idOf } from '../places.ts'
import { Refusal } from '../refusal.ts'
import { changeOf } from '../socket/events.ts'
import { messageOf, personOf } from '../wire.ts'
import type { RequestParts } from './parts.ts'

export function viewHandlers({
  chat,
  places,
}: Pick<RequestParts, 'chat' | 'places'>): Handlers<keyof typeof VIEW_OPERATIONS> {
  const { changes, members, mentions, messages, reactions } = chat

  return {
    listThread: {
      isLong: true,
      run: async ({ asker, params: { c, seq }, query: { after = 0, limit = 50 } }) => {
        const standing = await places.standing(asker, c)
        const root = await places.message(standing, seq)
        const found = await messages.replies(root, { after, limit: limit + 1 })
        const items = found.slice(0, limit)
        const own = await ownOfSome(reactions, idOf(asker), [root, ...items])
        const body = {
          root: messageOf(root),
          items: items.map(messageOf),
          own,
          hasAfter: found.length > limit,
        }
        return { status: 200, body }
      },
    },
    listChanges: {
      isLong: true,
      run: async ({ asker, params, query: { after = 0, limit = 50 } }) => {
        const { conversation } = await places.standing(asker, params.c)
        const { conversationId } = conversation
        const { events, upTo } = await changes.since(conversationId, after, limit)
        const items = await Promise.all(
          events.map(async (event) =>
            changeOf(event, event.type === 'message.deleted' ? await messages.get(event) : undefined),
          ),
        )
        const last = events.at(-1)?.change ?? 0
        const lastChange = Math.max(conversation.lastChange, last)
        return { status: 200, body: { items, upTo, lastChange, done: upTo >= lastChange } }
      },
    },
    listVersions: {
      isLong: true,
      run: async ({ asker, params: { c, seq }, query: { limit = 50, cursor } }) => {
        const standing = await places.standing(asker, c)
        const message = await places.message(standing, seq)
        requireMayReadVersions(asker, standing, message)
        if (message.deletedAt !== null) throw new Refusal('not_found')
        const found = await messages.versions(message, { after: numberAt(cursor), limit: limit + 1 })
        const { items, next } = pageOf(found, limit, ({ change }) => cursorText(change))
        return { status: 200, body: { items: items.map(versionOf), next } }
      },
    },
    listReaders: {
      run: async ({ asker, params: { c, seq } }) => {
        const standing = await places.standing(asker, c)
        const message = await places.message(standing, seq)
        const readers = await members.readersOf(idOf(asker), standing.conversation, message)
        return { status: 200, body: { items: readers.map(personOf), next: null } }
      },
    },
    listMentions: {
      isLong: true,
      run: async ({ asker, query: { limit = 50, cursor } }) => {
        const before = numberAt(cursor, Number.MAX_SAFE_INTEGER)
        const found = await mentions.list(idOf(asker), { before, limit: limit + 1 })
        const { items, next } = pageOf(found, limit, ({ messageId }) => cursorText(messageId))
        const own = await ownByConversation(reactions, idOf(asker), items)
        return { status: 200, body: { items: items.map(messageOf), own, next } }
      },
    },
  }
}

const versionOf = ({ change, body, writtenAt }: MessageVersion) => ({
  version: change,
  body,
  writtenAt: timeText(writtenAt),
})

/** Refuses `forbidden`. */
function requireMayReadVersions(
  { account }: Asker,
  { conversation, member }: Standing,
  { senderId }: MessageDetails,
): void {
  const mayReadAll = member !== null && may('readVersions', member.role, conversation.kind)
  if (senderId !== account.accountId && !mayReadAll) throw new Refusal('forbidden')
}
