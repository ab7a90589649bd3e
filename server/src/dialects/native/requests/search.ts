import type { SEARCH_OPERATIONS } from '@parlance/protocol'
import {
  type AccountId,
  type Chat,
  type ConversationId,
  type FoundMessage,
  MAX_PHRASES,
  type OwnListing,
} from '../../../core/chat.ts'
import { KeyedQueue } from '../../../lib/keyed-queue.ts'
import type { Handlers } from '../call.ts'
import { cursorText, numberAt } from '../cursors.ts'
import { momentIn } from '../moment.ts'
import { accountIdIn, conversationName } from '../names.ts'
import { idOf } from '../places.ts'
import { invalid } from '../refusal.ts'
import { messageOf, personOf } from '../wire.ts'
import type { RequestParts } from './parts.ts'

/** Requests that a search counts as, beside its work. */
const COST = 2
/** Cells of the index that count as one more. */
const WORK_PER_TOKEN = 64

export function searchHandlers({
  chat,
  limits,
  places,
}: Pick<RequestParts, 'chat' | 'limits' | 'places'>): Handlers<keyof typeof SEARCH_OPERATIONS> {
  const { memberships, search } = chat
  /** An account's searches run one after the other: the work of each is known only afterwards. */
  const turns = new KeyedQueue<AccountId>()

  const conversationsOf = async (accountId: AccountId, items: readonly FoundMessage[]) => {
    const ids = [...new Set(items.map(({ message }) => message.conversationId))]
    const listings = ids.length === 0 ? [] : await memberships.find(accountId, ids)
    return new Map<ConversationId, OwnListing>(
      listings.map((listing) => [listing.conversation.conversationId, listing]),
    )
  }

  return {
    searchMessages: {
      limit: 'search',
      cost: () => COST,
      run: async ({ asker, query }) => {
        const accountId = idOf(asker)
        const wanted = wantedIn(search.phrasesIn(query.q), query)
        const where = query.conversation && { in: await places.standing(asker, query.conversation) }
        const { items, next, work } = await turns.run(accountId, () =>
          search.find(accountId, { ...wanted, ...where }),
        )
        for (const [kind, key] of [
          ['search', accountId],
          ['searchInAll', ''],
        ] as const)
          limits.charge(kind, key, Math.floor(work / WORK_PER_TOKEN))
        const conversations = await conversationsOf(accountId, items)
        const body = {
          items: items.flatMap((item) => foundIn(conversations.get(item.message.conversationId), item)),
          next: next === null ? null : cursorText(next),
        }
        return { status: 200, body }
      },
    },
  }
}

interface Query {
  readonly sender?: string
  readonly before?: string
  readonly after?: string
  readonly has?: 'link' | 'file' | 'image'
  readonly limit?: number
  readonly cursor?: string
}

function wantedIn(
  phrases: ReturnType<Chat['search']['phrasesIn']>,
  { sender, before, after, has, limit = 50, cursor }: Query,
) {
  if (phrases.length === 0) throw invalid({ pointer: '?q', detail: 'has no word in it' })
  if (phrases.length > MAX_PHRASES)
    throw invalid({ pointer: '?q', detail: `has more than ${MAX_PHRASES} words and phrases` })
  return {
    phrases,
    limit,
    beforeId: numberAt(cursor, Number.MAX_SAFE_INTEGER),
    ...(has !== undefined && { has }),
    ...(sender !== undefined && { senderId: accountIdIn(sender) }),
    ...(before !== undefined && { before: momentIn(before, '?before') }),
    ...(after !== undefined && { after: momentIn(after, '?after') }),
  }
}

/** Nothing where the account has just left. */
function foundIn(listing: OwnListing | undefined, { message, highlights }: FoundMessage) {
  if (!listing) return []
  const { conversation, other } = listing
  const { conversationId, kind, name } = conversation
  const place = { id: conversationName(conversationId), kind, name, other: other && personOf(other) }
  return [
    {
      message: messageOf(message),
      conversation: place,
      highlights: highlights.map(([from, to]): [number, number] => [from, to]),
    },
  ]
}
