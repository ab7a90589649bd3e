import { signal } from '@preact/signals'

const PREFIX = 'parlance.draft.'

const keptKeys = (): readonly string[] => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))

const readAll = (): ReadonlyMap<string, string> =>
  new Map(keptKeys().map((key) => [key.slice(PREFIX.length), localStorage.getItem(key) ?? '']))

/** The drafts by conversation, as they were when the last one was left: nobody lists the one that is being written. */
export const drafts = signal(readAll())

/** The place of a draft has been left. */
export function leaveDraft(): void {
  drafts.value = readAll()
}

/** A message that was begun in a conversation and not sent, kept by this browser. */
export const draftOf = (conversation: string): string => localStorage.getItem(PREFIX + conversation) ?? ''

export function keepDraft(conversation: string, text: string): void {
  if (text === '') localStorage.removeItem(PREFIX + conversation)
  else localStorage.setItem(PREFIX + conversation, text)
}

/** Forgets all: for whoever signs out of this browser. */
export function forgetDrafts(): void {
  for (const key of keptKeys()) localStorage.removeItem(key)
  leaveDraft()
}
