import type { MESSAGE_OPERATIONS } from '@parlance/protocol'
import { ChatError, type MessageDetails, toSender } from '../../../core/chat.ts'
import { costOfText, messageBodyBytes } from '../../../transport/index.ts'
import type { Asker, Handlers } from '../call.ts'
import { versionIn } from '../if-match.ts'
import { ownAmong } from '../own-reactions.ts'
import { idOf } from '../places.ts'
import { invalid, Refusal } from '../refusal.ts'
import { messageOf } from '../wire.ts'
import type { RequestParts } from './parts.ts'
import { draftOf, sendRefusal } from './sending.ts'

export function messageHandlers({
  chat,
  places,
}: Pick<RequestParts, 'chat' | 'places'>): Handlers<keyof typeof MESSAGE_OPERATIONS> {
  const { messages, mentions, reactions } = chat
  const maxBodyBytes = messageBodyBytes(messages.maxBytes)

  const find = async (asker: Asker, { c, seq }: { c: string; seq: number }): Promise<MessageDetails> =>
    places.message(await places.standing(asker, c), seq)

  return {
    sendMessage: {
      limit: 'send',
      cost: ({ body: { body } }) => costOfText(body),
      maxBodyBytes,
      run: async ({ asker, params, body }) => {
        const { account } = asker
        const standing = await places.standing(asker, params.c)
        const draft = draftOf(body, await mentions.find(account, standing, body.body, body))
        const { message, isNew } = await withClientIdsOwn(messages.append(account, standing, draft))
        // A native draft is answered with all that is kept of the message, and a repeat with that of a purged one.
        const details = 'version' in message ? { ...message, sender: toSender(account) } : undefined
        const sent = messageOf(details ?? (await find(asker, { c: params.c, seq: message.seq })))
        const etag = etagOf(sent)
        if (!isNew) return { status: 200, body: sent, headers: { etag } }
        const location = `/v1/conversations/${sent.conversation}/messages/${sent.seq}`
        return { status: 201, body: sent, headers: { location, etag } }
      },
    },
    listMessages: {
      isLong: true,
      run: async ({ asker, params, query: { limit = 50, ...range } }) => {
        const { conversation } = await places.standing(asker, params.c)
        if (Object.keys(range).length > 1)
          throw invalid({ pointer: '?', detail: 'has more than one of before, after and around' })
        const page = await messages.page(conversation, { ...range, limit })
        const { items, head, hasBefore, hasAfter } = page
        const own = await ownAmong(reactions, idOf(asker), items)
        return { status: 200, body: { items: items.map(messageOf), own, head, hasBefore, hasAfter } }
      },
    },
    getMessage: {
      run: async ({ asker, params }) => {
        const body = messageOf(await find(asker, params))
        return { status: 200, body, headers: { etag: etagOf(body) } }
      },
    },
    editMessage: {
      limit: 'edit',
      cost: ({ body: { body } }) => costOfText(body),
      maxBodyBytes,
      run: async ({ asker, params, body: { body }, ifMatch }) => {
        const { account } = asker
        const standing = await places.standing(asker, params.c)
        const unlessChangedAfter = versionIn(ifMatch)
        const editing = messages.edit(account, standing, {
          seq: params.seq,
          body,
          mentions: await mentions.find(account, standing, body, { seq: params.seq }),
          ...(unlessChangedAfter !== undefined && { unlessChangedAfter }),
        })
        const { message } = await withTombstones(editing, async () => {
          const found = await places.message(standing, params.seq)
          const isOwn = found.senderId === account.accountId
          return isOwn && found.deletedAt !== null && found.version > (unlessChangedAfter ?? Infinity)
        })
        const edited = messageOf({ ...message, sender: toSender(account) })
        return { status: 200, body: edited, headers: { etag: etagOf(edited) } }
      },
    },
    deleteMessage: {
      limit: 'edit',
      run: async ({ asker, params }) => {
        const { conversation } = await places.standing(asker, params.c)
        await messages.remove(idOf(asker), { conversationId: conversation.conversationId, seq: params.seq })
        return { status: 204 }
      },
    },
  }
}

const etagOf = ({ version }: { readonly version: number }): string => `"${version}"`

/** A text that was deleted after the version that the editor has seen was changed after it, too. */
async function withTombstones<T>(editing: Promise<T>, isDeletedSince: () => Promise<boolean>): Promise<T> {
  try {
    return await editing
  } catch (error) {
    const isGone = error instanceof ChatError && error.code === 'unknown_message'
    throw isGone && (await isDeletedSince()) ? new Refusal('precondition_failed') : error
  }
}

async function withClientIdsOwn<T>(sending: Promise<T>): Promise<T> {
  try {
    return await sending
  } catch (error) {
    throw sendRefusal(error)
  }
}
