import type { PresenceSets } from '../bus/bus.ts'
import { KeyedQueue } from '../lib/keyed-queue.ts'
import { runAfter } from '../lib/timers.ts'
import type { Logger } from '../observe/index.ts'

interface Hold {
  readonly set: string
  readonly member: string
  count: number
  timer?: NodeJS.Timeout
  onGone?: () => void
}

/**
 * This node's holds of members in shared sets. A hold is released only a while after it was last wanted. Over all
 * nodes a member is then gone only when nobody wanted it for that long. At most one a subscription of this node, now
 * or within that while.
 */
export class LingeringHolds {
  readonly #sets: PresenceSets
  readonly #lingerMs: number
  readonly #log: Logger
  readonly #holds = new Map<string, Hold>()
  readonly #queue = new KeyedQueue<string>()
  readonly #running = new Set<Promise<void>>()

  constructor(sets: PresenceSets, lingerMs: number, log: Logger) {
    this.#sets = sets
    this.#lingerMs = lingerMs
    this.#log = log
  }

  /** `onCome` is called when no node held the member. */
  hold(set: string, member: string, onCome: () => void): void {
    const key = keyOf(set, member)
    const known = this.#holds.get(key)
    if (known) {
      known.count++
      clearTimeout(known.timer)
      return
    }
    this.#holds.set(key, { set, member, count: 1 })
    this.#run(key, async () => {
      if (await this.#sets.enter(set, member)) onCome()
    })
  }

  /** `onGone` is called later, when no node holds the member any more. */
  release(set: string, member: string, onGone: () => void): void {
    const hold = this.#holds.get(keyOf(set, member))
    if (!hold || --hold.count > 0) return
    hold.onGone = onGone
    hold.timer = runAfter(this.#lingerMs, () => this.#letGo(hold)).unref()
  }

  async close(): Promise<void> {
    for (const hold of this.#holds.values()) {
      clearTimeout(hold.timer)
      this.#letGo(hold)
    }
    await Promise.all(this.#running)
  }

  #letGo({ set, member, onGone }: Hold): void {
    const key = keyOf(set, member)
    this.#holds.delete(key)
    this.#run(key, async () => {
      if (await this.#sets.leave(set, member)) onGone?.()
    })
  }

  #run(key: string, task: () => Promise<void>): void {
    const run = this.#queue
      .run(key, task)
      .catch((err) => this.#log.warn({ err }, 'a webhook may be missing'))
      .finally(() => this.#running.delete(run))
    this.#running.add(run)
  }
}

const keyOf = (set: string, member: string): string => `${set}\n${member}`
