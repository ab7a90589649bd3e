import type { Wire } from '../wire/wire.ts'
import type { Done, Entry } from './entry.ts'

/** Asks the server for what an entry wants. Throws a `ParlanceError`. */
export function performEntry(
  wire: Pick<Wire, 'ask'>,
  { clientId, conversation, draft }: Entry,
): Promise<Done> {
  switch (draft.kind) {
    case 'send': {
      const { kind: _, ...message } = draft
      return wire.ask('message.send', { conversation, clientId, ...message })
    }
    case 'edit': {
      const { kind: _, ...edit } = draft
      return wire.ask('message.edit', { conversation, ...edit })
    }
    case 'delete':
      return wire.ask('message.delete', { conversation, seq: draft.seq }).then(() => ({}))
    case 'react': {
      const { seq, key, added } = draft
      return added
        ? wire.ask('reaction.put', { conversation, seq, key })
        : wire.ask('reaction.remove', { conversation, seq, key }).then(() => ({}))
    }
  }
}
