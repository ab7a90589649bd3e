import type { DIRECTORY_OPERATIONS } from '@parlance/protocol'
import { ChatError } from '../../../core/chat.ts'
import type { Handlers } from '../call.ts'
import { cursorText, textAt } from '../cursors.ts'
import { counted } from '../guesses.ts'
import { idOf } from '../places.ts'
import { directoryEntryOf } from '../wire.ts'
import type { RequestParts } from './parts.ts'

export function directoryHandlers({
  chat,
  limits,
  places,
}: Pick<RequestParts, 'chat' | 'limits' | 'places'>): Handlers<keyof typeof DIRECTORY_OPERATIONS> {
  const { conversations, directory } = chat

  return {
    searchDirectory: {
      limit: 'search',
      run: async ({ asker, query: { search = '', limit = 50, cursor } }) => {
        const page = { search, cursor: textAt(cursor), limit }
        const { items, next } = await directory.page(idOf(asker), page)
        const body = { items: items.map(directoryEntryOf), next: next && cursorText(next) }
        return { status: 200, body }
      },
    },
    enterConversation: {
      run: async ({ asker, body: { name }, address }) => {
        const { conversation } = await counted(limits, address, async () => {
          const found = await conversations.findByGidOrName(name)
          if (!found) throw new ChatError('unknown_conversation')
          return conversations.enter(asker.account, found)
        })
        return { status: 200, body: await places.listing(asker, conversation.conversationId) }
      },
    },
  }
}
