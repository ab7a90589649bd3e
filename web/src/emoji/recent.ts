import { signal } from '@preact/signals'

const KEPT_AS = 'parlance.emoji'
const MOST = 16

/** The emoji that were used last in this browser, the newest first. */
export const recentEmoji = signal<readonly string[]>(
  (localStorage.getItem(KEPT_AS) ?? '').split(' ').filter(Boolean).slice(0, MOST),
)

export function noteEmoji(character: string): void {
  const others = recentEmoji.value.filter((one) => one !== character)
  recentEmoji.value = [character, ...others].slice(0, MOST)
  localStorage.setItem(KEPT_AS, recentEmoji.value.join(' '))
}
