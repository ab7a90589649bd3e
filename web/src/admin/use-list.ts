import { useEffect, useState } from 'preact/hooks'
import { useDeed } from '../lib/busy.ts'

/** Milliseconds after a key until what is typed is looked for. */
const TYPING_MS = 250

interface Page<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

interface Asked {
  readonly search?: string
  readonly cursor?: string
}

/** A list that is read page by page, and anew when another name is sought, which `kept` keeps for the next look. */
export function useList<Item>(
  read: (asked: Asked) => Promise<Page<Item>>,
  kept: { sought: string } = { sought: '' },
) {
  const [sought, setSoughtNow] = useState(kept.sought)
  const setSought = (name: string) => {
    kept.sought = name
    setSoughtNow(name)
  }
  const [page, setPage] = useState<Page<Item>>()
  const { isBusy, failure, run } = useDeed()
  const query = sought.trim() === '' ? {} : { search: sought.trim() }
  const load = () => run(async () => setPage(await read(query)))
  const more = (cursor: string) =>
    run(async () => {
      const { items, next } = await read({ ...query, cursor })
      setPage((before) => ({ items: [...(before?.items ?? []), ...items], next }))
    })
  /** Takes items away that the server is just deleting, and may list for a moment. */
  const drop = (isGone: (item: Item) => boolean) =>
    setPage((before) => before && { ...before, items: before.items.filter((item) => !isGone(item)) })
  useEffect(() => {
    const timer = setTimeout(load, page ? TYPING_MS : 0)
    return () => clearTimeout(timer)
  }, [sought])
  return { sought, setSought, page, isBusy, failure, run, load, more, drop }
}
