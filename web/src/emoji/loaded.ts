import { useEffect, useState } from 'preact/hooks'
import { language } from '../text/index.ts'
import { type EmojiGroup, groupsOf } from './emoji.ts'

/** By language, a chunk that is loaded when emoji are first looked for. */
const CHUNKS: Readonly<Record<string, () => Promise<{ readonly default: string }>>> = {
  en: () => import('virtual:emoji/en'),
  de: () => import('virtual:emoji/de'),
}
const loaded = new Map<string, Promise<readonly EmojiGroup[]>>()

/** All emoji, by group, with names in the reader's language. Fails where the network does; then it can be asked again. */
export function loadEmoji(): Promise<readonly EmojiGroup[]> {
  const tag = language.value
  const load = CHUNKS[tag] ?? CHUNKS.en
  const found = loaded.get(tag) ?? load?.().then(({ default: text }) => groupsOf(text)) ?? Promise.resolve([])
  loaded.set(tag, found)
  found.catch(() => loaded.delete(tag))
  return found
}

/** The same for a component: undefined until they are there, `failed` where the network is away. */
export function useEmoji(isWanted = true): readonly EmojiGroup[] | 'failed' | undefined {
  const [groups, setGroups] = useState<readonly EmojiGroup[] | 'failed'>()
  const tag = language.value
  useEffect(() => {
    if (!isWanted) return
    let isOver = false
    loadEmoji().then(
      (found) => !isOver && setGroups(found),
      () => !isOver && setGroups('failed'),
    )
    return () => {
      isOver = true
    }
  }, [isWanted, tag])
  return groups
}
