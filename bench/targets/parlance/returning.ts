import { conversationName } from '../../../server/src/dialects/native/names.ts'
import type { Store } from '../../../server/src/store/store.ts'
import { within } from '../../load/within.ts'
import type { Community } from './communities.ts'
import { type NativeSocket, openNativeSocket, type Resume } from './native-socket.ts'
import type { Person } from './seeding.ts'

/** The changes since a client left, by the conversation's name: each as its number and the message's text. */
export type Missed = ReadonlyMap<string, readonly string[]>

interface Place {
  readonly community: Community
  readonly person: Person
}

interface Changes {
  readonly conversation: string
  readonly items: readonly { change: number; data: { message?: { body: string } } }[]
  readonly done: boolean
}

/** A client of the native dialect that has been there, and comes back. */
export class Returning {
  readonly community: Community
  readonly #port: number
  readonly #token: string
  readonly #resume: Resume
  #socket: NativeSocket | undefined
  /** All that came, to be read when the clock has stopped. */
  readonly #frames: string[] = []

  private constructor(port: number, { community, person }: Place, resume: Resume) {
    this.community = community
    this.#port = port
    this.#token = person.nativeToken
    this.#resume = resume
  }

  /** Comes for the first time, learns where it stands, and goes. */
  static async leave(port: number, place: Place): Promise<Returning> {
    const { conversations, lastChanges } = place.community
    const socket = await openNativeSocket(port, () => undefined)
    const ready = await within('live', socket.live({ token: place.person.nativeToken }))
    socket.close()
    const { epoch, cursor }: { epoch: string; cursor: number } = JSON.parse(ready)
    const known = conversations.map(({ conversationId }, c) => [
      conversationName(conversationId),
      lastChanges[c] ?? 0,
    ])
    return new Returning(port, place, { epoch, cursor, conversations: Object.fromEntries(known) })
  }

  /** Resolves when it has been told of everything, and hears on. */
  async comeBack(): Promise<void> {
    this.#socket = await openNativeSocket(this.#port, (bytes, start, end) => {
      this.#frames.push(bytes.toString('latin1', start, end))
    })
    await within('live', this.#socket.live({ token: this.#token, resume: this.#resume }))
  }

  close(): void {
    this.#socket?.close()
  }

  /** Throws when it was not told about one of its conversations, or got a gap in place of the changes. */
  told(): Missed {
    const told = new Map<string, string[]>()
    const done = new Set<string>()
    let isResumed = false
    for (const text of this.#frames.splice(0)) {
      const frame = JSON.parse(text)
      if (frame.op === 'gap' || frame.op === 'gone') throw new Error(`a client was told ${text}`)
      if (frame.op === 'resumed') isResumed = true
      if (frame.op !== 'changes') continue
      const { conversation, items, done: isDone }: Changes = frame
      const changes = items.map(({ change, data }) => entry(change, data.message?.body))
      told.set(conversation, [...(told.get(conversation) ?? []), ...changes])
      if (isDone) done.add(conversation)
    }
    const missing = this.community.conversations.length - done.size
    if (!isResumed || missing > 0) throw new Error(`a client was not told about ${missing} conversations`)
    return told
  }
}

/** More changes than any conversation has got. */
const MAX_CHANGES = 10_000

/** The changes in the log since the clients left. */
export async function missedIn(store: Store, { conversations, lastChanges }: Community): Promise<Missed> {
  const logs = new Map<string, readonly string[]>()
  for (const [c, { conversationId }] of conversations.entries()) {
    const changes = await store.changes.since(conversationId, lastChanges[c] ?? 0, MAX_CHANGES)
    const entries = changes.map((one) =>
      entry(one.change, one.kind === 'sent' ? one.message?.body : one.kind),
    )
    logs.set(conversationName(conversationId), entries)
  }
  return logs
}

const entry = (change: number, body = ''): string => `${change} ${body}`
