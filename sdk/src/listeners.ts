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
  Object.hasOwn(KNOWN, event.type)

/** Ones instead of truths: the core is counted in bytes. */
const KNOWN: { readonly [Type in KnownEvent['type'] | KnownNews['type']]: 1 } = {
  'conversation.created': 1,
  'conversation.changed': 1,
  'message.sent': 1,
  'message.edited': 1,
  'message.deleted': 1,
  'message.reacted': 1,
  'message.pinned': 1,
  'message.unpinned': 1,
  'history.purged': 1,
  'member.joined': 1,
  'member.left': 1,
  'member.changed': 1,
  'read.moved': 1,
  joined: 1,
  left: 1,
  'settings.changed': 1,
  mentioned: 1,
  'contact.changed': 1,
  blocked: 1,
  'profile.changed': 1,
}
