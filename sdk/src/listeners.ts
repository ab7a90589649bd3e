import { callSafely } from './lib/live.ts'
import type { KnownEvent, KnownNews, UnknownEvent } from './wire/frames.ts'

/** The events and news that may be listened to, by type; `event` is all of them, with types that later servers have. */
export type Listenable = {
  [Type in KnownEvent['type']]: Extract<KnownEvent, { type: Type }>
} & { [Type in KnownNews['type']]: Extract<KnownNews, { type: Type }> } & {
  event: KnownEvent | KnownNews | UnknownEvent
}

/** Callbacks by the type of what they hear. */
export class Listeners {
  readonly #all = new Map<string, Set<(event: never) => void>>()

  add<Type extends keyof Listenable>(type: Type, listener: (event: Listenable[Type]) => void): () => void {
    const own = (event: Listenable[Type]) => listener(event)
    const listeners = this.#all.get(type) ?? new Set()
    this.#all.set(type, listeners.add(own))
    return () => listeners.delete(own)
  }

  tell(event: KnownEvent | KnownNews): void {
    // It was added for events of this type.
    for (const type of [event.type, 'event'])
      for (const listener of [...(this.#all.get(type) ?? [])])
        callSafely(() => (listener as (event: unknown) => void)(event))
  }
}

/** Whether it is of a type that this version knows: then its type narrows its data. */
export const isKnown = (event: KnownEvent | KnownNews | UnknownEvent): event is KnownEvent | KnownNews =>
  KNOWN.has(event.type)

const KNOWN_TYPES: { readonly [Type in KnownEvent['type'] | KnownNews['type']]: true } = {
  'conversation.created': true,
  'conversation.changed': true,
  'message.sent': true,
  'message.edited': true,
  'message.deleted': true,
  'message.reacted': true,
  'message.pinned': true,
  'message.unpinned': true,
  'member.joined': true,
  'member.left': true,
  'member.changed': true,
  'read.moved': true,
  joined: true,
  left: true,
  'settings.changed': true,
  mentioned: true,
  'contact.changed': true,
  blocked: true,
  'profile.changed': true,
}
const KNOWN: ReadonlySet<string> = new Set(Object.keys(KNOWN_TYPES))
