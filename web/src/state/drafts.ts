const PREFIX = 'parlance.draft.'

/** A message that was begun in a conversation and not sent, kept by this browser. */
export const draftOf = (conversation: string): string => localStorage.getItem(PREFIX + conversation) ?? ''

export function keepDraft(conversation: string, text: string): void {
  if (text === '') localStorage.removeItem(PREFIX + conversation)
  else localStorage.setItem(PREFIX + conversation, text)
}

/** Forgets all: for whoever signs out of this browser. */
export function forgetDrafts(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key)
}
