import type { Entry } from '../outbox/entry.ts'
import type { Message, Reaction } from '../protocol.ts'
import type { Held } from './held.ts'

interface Overlaid {
  readonly message: Message
  readonly held: Held
  readonly pending: readonly Entry[]
  readonly me: string
}

interface Shown {
  readonly message: Message
  readonly own: readonly string[]
}

/** A message as it will be once the server has what waits; what it refused is left out. */
export function withDrafts({ message, held, pending, me }: Overlaid): Shown {
  let shown: Shown = { message, own: held.own }
  for (const { draft, state } of pending) {
    if (state === 'failed') continue
    if (draft.kind === 'edit') shown = withBody(shown, draft.body)
    if (draft.kind === 'react') shown = (draft.added ? withReaction : withoutReaction)(shown, draft.key, me)
  }
  return shown
}

const withBody = ({ message, own }: Shown, body: string): Shown => ({ message: { ...message, body }, own })

function withReaction({ message, own }: Shown, key: string, me: string): Shown {
  if (own.includes(key)) return { message, own }
  const found = message.reactions.find((one) => one.key === key)
  const reaction: Reaction = found
    ? { ...found, count: found.count + 1, last: [...found.last, me].slice(-3) }
    : { key, count: 1, last: [me] }
  const reactions = found
    ? message.reactions.map((one) => (one === found ? reaction : one))
    : [...message.reactions, reaction]
  return { message: { ...message, reactions }, own: [...own, key] }
}

function withoutReaction({ message, own }: Shown, key: string, me: string): Shown {
  if (!own.includes(key)) return { message, own }
  const reactions = message.reactions.flatMap((one) => {
    if (one.key !== key) return [one]
    return one.count > 1 ? [{ ...one, count: one.count - 1, last: one.last.filter((id) => id !== me) }] : []
  })
  return { message: { ...message, reactions }, own: own.filter((one) => one !== key) }
}
