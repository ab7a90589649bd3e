import type { OriginId } from '../delivery/index.ts'
import type { Members } from './frames.ts'

export type RosterChange = (
  | { readonly type: 'member_added'; readonly info: string }
  | { readonly type: 'member_removed' }
) & {
  readonly userId: string
  /** The client that caused it, where that is known. */
  readonly originId?: OriginId
}

/**
 * The members of a presence channel as this node's subscribers know them. It is read once from the shared set and
 * then follows the news, so that a newcomer's list and its next events fit together.
 */
export class Roster {
  #members = new Map<string, string>()
  #isLoaded = false
  #version = 0
  // Changes that arrive while the set is read. The time of the reading bounds it.
  #early: RosterChange[] = []

  get members(): Members {
    return this.#members
  }

  async load(read: () => Promise<Members>): Promise<void> {
    try {
      this.#members = new Map(await read())
    } finally {
      this.#isLoaded = true
      for (const change of this.#early) this.apply(change)
      this.#early = []
    }
  }

  /** Whether subscribers are to be told: of a member that comes or goes, not of one whose information changes. */
  apply(change: RosterChange): boolean {
    if (!this.#isLoaded) {
      this.#early.push(change)
      return false
    }
    const known = this.#members.get(change.userId)
    const info = change.type === 'member_added' ? change.info : undefined
    if (known === info) return false
    if (info === undefined) this.#members.delete(change.userId)
    else this.#members.set(change.userId, info)
    this.#version++
    return known === undefined || info === undefined
  }

  /** Changes whose news never came, as of a node that died. None while news is still arriving. */
  async missed(read: () => Promise<Members>): Promise<readonly RosterChange[]> {
    const version = this.#version
    const actual = await read()
    if (version !== this.#version) return []
    const gone = [...this.#members.keys()].filter((userId) => !actual.has(userId))
    const come = [...actual].filter(([userId, info]) => this.#members.get(userId) !== info)
    return [
      ...gone.map((userId) => ({ type: 'member_removed', userId }) as const),
      ...come.map(([userId, info]) => ({ type: 'member_added', userId, info }) as const),
    ]
  }
}
