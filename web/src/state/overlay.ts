import { signal } from '@preact/signals'

/** The dialog that keys open over whatever is shown. */
export const overlay = signal<'switcher' | 'keys' | undefined>(undefined)

export const closeOverlay = (): void => {
  overlay.value = undefined
}
