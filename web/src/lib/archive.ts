import type { Client } from '@parlance/client'
import { listConversations } from '@parlance/client/operations'

/** Brings all archived conversations into the client's store, which asks for each listing. Throws a `ParlanceError`. */
export async function loadArchived(client: Client): Promise<void> {
  let cursor: string | null | undefined
  do {
    const query = { archived: true, limit: 200, ...(cursor && { cursor }) }
    const { items, next } = await client.rest.call(listConversations, { query })
    for (const { id } of items) client.conversation(id)
    cursor = next
  } while (cursor !== null)
}
