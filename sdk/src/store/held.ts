import type { Message, Reaction } from '../protocol.ts'
import type { KnownEvent } from '../wire/frames.ts'

/** One message, as far as it is held. */
export interface Held {
  readonly seq: number
  /** The higher of two copies is the newer. */
  readonly version: number
  /** Undefined of a deleted one that was never seen. */
  readonly message: Message | undefined
  readonly deletedAt: string | null
  /** The account's own reactions. */
  readonly own: readonly string[]
  /** The change up to which `own` is known: it is no part of the message, and does not come with it in events. */
  readonly ownVersion: number
}

export const heldFromPage = (message: Message, own: readonly string[]): Held => ({
  seq: message.seq,
  version: message.version,
  message,
  deletedAt: message.deletedAt,
  own,
  ownVersion: message.version,
})

/** The newer of two copies, and its own reactions as far as each copy knows them. */
export function newerOf(held: Held | undefined, page: Held): Held {
  if (!held) return page
  const newer = page.version >= held.version ? page : held
  const { own, ownVersion } = page.ownVersion >= held.ownVersion ? page : held
  return newer.ownVersion === ownVersion ? newer : { ...newer, own, ownVersion }
}

/** The message that was sent or edited, as the event has it: its versions may be those of later changes. */
export function heldFromEvent(
  held: Held | undefined,
  event: KnownEvent & { data: { message: Message } },
): Held {
  const { message } = event.data
  const { own, ownVersion } = held ?? { own: [], ownVersion: event.change }
  if (held && held.version > message.version) return held
  return { ...heldFromPage(message, own), ownVersion }
}

/** A deleted message that was not held before. */
export const tombstone = ({ change, data }: KnownEvent & { type: 'message.deleted' }): Held => ({
  seq: data.seq,
  version: change,
  message: data.message,
  deletedAt: data.deletedAt,
  own: [],
  ownVersion: change,
})

/** A held message after an event that tells a part of it. The same object where the event is older. */
export function heldAfter(held: Held, event: KnownEvent, me: string): Held {
  const { change, type, data } = event
  const isNewer = change > held.version
  switch (type) {
    case 'message.deleted':
      return isNewer ? buried(held, change, data.deletedAt) : held
    case 'message.pinned':
    case 'message.unpinned':
      return isNewer ? withPart(held, change, { pinnedAt: data.pinnedAt }) : held
    case 'message.reacted': {
      const after = isNewer ? withPart(held, change, { reactions: data.reactions as Reaction[] }) : held
      if (change <= held.ownVersion) return after
      const mine = data.by.filter(({ account }) => account === me)
      const own = mine.reduce(
        (keys, { key, added }) => [...keys.filter((one) => one !== key), ...(added ? [key] : [])],
        held.own,
      )
      return { ...after, own, ownVersion: change }
    }
    default:
      return held
  }
}

/** A thread's root after one of its replies was sent by that change. */
export function afterReply(root: Held, change: number, seq: number): Held {
  if (!root.message || change <= root.version) return root
  return withPart(root, change, { replyCount: root.message.replyCount + 1, lastReplySeq: seq })
}

const withPart = (held: Held, version: number, part: Partial<Message>): Held => ({
  ...held,
  version,
  message: held.message && { ...held.message, ...part, version },
})

function buried(held: Held, version: number, deletedAt: string): Held {
  const wiped = { body: '', mentions: [], attachments: [], reactions: [], pinnedAt: null, deletedAt }
  return { ...withPart(held, version, wiped), deletedAt, own: [], ownVersion: version }
}
