import type { Client, Person } from '@parlance/client'
import { listBlocks } from '@parlance/client/operations'

/** The people whom the account has blocked: all pages, since the list is one's own. Throws a `ParlanceError`. */
export async function listAllBlocks(client: Client): Promise<readonly Person[]> {
  const people: Person[] = []
  let cursor: string | null | undefined
  do {
    const query = { limit: 200, ...(cursor && { cursor }) }
    const { items, next } = await client.rest.call(listBlocks, { query })
    people.push(...items)
    cursor = next
  } while (cursor !== null)
  return people
}
