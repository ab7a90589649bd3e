import type { NewPin, Pinned, Reacted, Wishes } from '../store.ts'
import type { Rows } from './row.ts'

export interface ReactionWrites {
  'pins.set'(pin: NewPin): Pinned
  'reactions.apply'(wishes: Wishes): Reacted
}

export const REACTION_WRITES: Rows<ReactionWrites> = {
  'pins.set': { checksFirst: false, touches: ({ conversationId }) => ({ conversationId }) },
  'reactions.apply': { checksFirst: false, touches: ({ conversationId }) => ({ conversationId }) },
}
