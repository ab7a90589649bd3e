import { type Signal, signal } from '@preact/signals'

// The widths are those of the styles.

function follows(query: string): Signal<boolean> {
  const media = matchMedia(query)
  const matches = signal(media.matches)
  media.addEventListener('change', () => {
    matches.value = media.matches
  })
  return matches
}

/** Whether the screen has room for one column only. */
export const isNarrow = follows('(max-width: 639px)')

/** Whether a pane covers the conversation that it belongs to. */
export const isPaneAbove = follows('(max-width: 899px)')
