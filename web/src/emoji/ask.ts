import { signal } from '@preact/signals'

interface Question {
  /** The button that asked: the picker stands beside it, and gives the focus back to it. */
  readonly anchor: HTMLElement
  readonly onChoose: (character: string) => void
}

/** The question for an emoji that is open. One picker serves all. */
export const askedForEmoji = signal<Question | undefined>(undefined)

export function askForEmoji(anchor: HTMLElement, onChoose: Question['onChoose']): void {
  askedForEmoji.value = { anchor, onChoose }
}
