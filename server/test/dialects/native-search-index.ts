import type { Operations, QueryOf } from '@parlance/protocol'
import type { NativeHttp } from '../support/native-http.ts'
import { until } from '../support/until.ts'

export type SearchQuery = QueryOf<Operations['searchMessages']>

/** The messages of one page, newest first. */
export async function found(
  who: NativeHttp,
  q: string,
  more: Partial<SearchQuery> = {},
): Promise<readonly string[]> {
  const { items } = await who.ok('searchMessages', { query: { q, ...more } })
  return items.map(({ message }) => message.body)
}

/** The messages of all pages. */
export async function foundInAll(who: NativeHttp, q: string): Promise<readonly string[]> {
  const bodies: string[] = []
  let cursor: string | undefined
  do {
    const query = { q, limit: 200, ...(cursor !== undefined && { cursor }) }
    const page = await who.ok('searchMessages', { query })
    bodies.push(...page.items.map(({ message }) => message.body))
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return bodies
}

/** Resolves when all that was sent before is indexed: a message that is sent last and found is behind no other. */
export async function indexed(who: NativeHttp): Promise<void> {
  const group = await who.group()
  const word = `mark${group.id.replace('_', '')}`
  await who.send(group, word)
  await until('the index', async () => (await found(who, word)).length === 1)
}
