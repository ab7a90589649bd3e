import { signal } from '@preact/signals'

/** As in the styles: below it there is one column. */
const media = matchMedia('(max-width: 639px)')

/** Whether the screen has room for one column only. */
export const isNarrow = signal(media.matches)
media.addEventListener('change', () => {
  isNarrow.value = media.matches
})
