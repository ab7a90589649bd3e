import { pause } from '../lib/slices.ts'

/** Items written between two pauses for others. */
const WRITTEN_AT_ONCE = 100

/** The JSON of a list that may be long, made without holding up others. */
export async function writeList<Item>(
  items: readonly Item[],
  write: (item: Item) => string = JSON.stringify,
): Promise<string> {
  const parts: string[] = []
  for (let from = 0; from < items.length; from += WRITTEN_AT_ONCE) {
    const turn = pause()
    if (turn) await turn
    parts.push(
      items
        .slice(from, from + WRITTEN_AT_ONCE)
        .map(write)
        .join(','),
    )
  }
  return `[${parts.join(',')}]`
}
