import { signal } from '@preact/signals'

/** Whether the server lets this browser into its playground. */
export const isPlaygroundOpen = signal(false)

let hasAsked = false

/** Asks the server once. Without an answer the way there is not shown, and nothing else is missing. */
export async function askForPlayground(): Promise<void> {
  if (hasAsked) return
  hasAsked = true
  try {
    const about: { isOpen?: boolean } = await (await fetch('/playground/about')).json()
    isPlaygroundOpen.value = about.isOpen === true
  } catch {
    hasAsked = false
  }
}
