/** Where the focus goes from one of several by a key; undefined where the key moves nothing. */
export function movedBy(key: string, at: number, count: number, page = 1): number | undefined {
  const last = count - 1
  const target = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: last,
  }[key]
  return target === undefined || count === 0 ? undefined : Math.max(0, Math.min(last, target))
}

/** Moves the focus among buttons by the arrow keys, Home and End, in a circle. For `onKeyDown` of what holds them. */
export function roveButtons(event: KeyboardEvent): void {
  const inside = event.currentTarget
  if (!(inside instanceof HTMLElement)) return
  const buttons = [...inside.querySelectorAll<HTMLElement>('button:not(:disabled)')]
  const at = buttons.indexOf(document.activeElement as HTMLElement)
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
  const target =
    step === undefined
      ? { Home: 0, End: buttons.length - 1 }[event.key]
      : (at + step + buttons.length) % buttons.length
  if (target === undefined) return
  event.preventDefault()
  event.stopPropagation()
  buttons[target]?.focus()
}
