import { openHttp } from '../load/http-client.ts'
import { percentile } from '../measure/statistics.ts'
import type { Sample } from '../measurement.ts'
import { seedSearched, WORDS } from '../targets/parlance/searched.ts'
import { startOn } from '../targets/parlance/server.ts'
import { createSqlite } from '../targets/parlance/storage.ts'

const WARM_UPS = 5
const PAGE = 50

type Kind = keyof typeof WORDS

/** Messages that a page of each must have. */
const FOUND: Readonly<Record<Kind, number>> = { common: PAGE, rare: 1, forbidden: 0 }

/** One search after the other over REST, of a common, a rare and a forbidden word in turn. */
export async function search(messages: number, searches: number): Promise<Sample> {
  await using opened = new AsyncDisposableStack()
  const storage = await createSqlite()
  opened.defer(() => storage.remove())
  const { searcher, indexSeconds } = await seedSearched(storage, messages)
  const parlance = await startOn({ storage, conversations: [] })
  opened.defer(() => parlance.stop())
  const http = await openHttp(parlance.port)
  opened.defer(() => http.close())
  const headers = { Authorization: `Bearer ${searcher.nativeToken}` }
  const took: Record<Kind, number[]> = { common: [], rare: [], forbidden: [] }
  for (let n = 0; n < WARM_UPS + searches; n++)
    for (const kind of Object.keys(WORDS) as Kind[]) {
      const path = `/v1/search?limit=${PAGE}&q=${WORDS[kind]}`
      const startedAt = performance.now()
      const { status, body } = await http.request({ method: 'GET', path, headers })
      const ms = performance.now() - startedAt
      if (status !== 200) throw new Error(`a search was answered with ${status}: ${body}`)
      requireFound(kind, body)
      if (n >= WARM_UPS) took[kind].push(ms)
    }
  const figures = Object.entries(took).flatMap(([kind, each]) => [
    [`${kind} p50 ms`, percentile(each, 0.5)],
    [`${kind} p99 ms`, percentile(each, 0.99)],
  ])
  return { ...Object.fromEntries(figures), 'index messages/s': messages / indexSeconds, searches }
}

/** Throws unless the page has the messages of that word, and only those. */
function requireFound(kind: Kind, body: string): void {
  const { items, next }: { items: { message: { body: string } }[]; next: string | null } = JSON.parse(body)
  const isRight =
    items.length === FOUND[kind] && items.every(({ message }) => message.body.includes(WORDS[kind]))
  if (!isRight || (kind !== 'common' && next !== null))
    throw new Error(`a search for the ${kind} word found ${items.length} messages`)
}
