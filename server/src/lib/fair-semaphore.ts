import { QueueFull } from './semaphore.ts'

/** The party that a task runs for. */
export interface TaskOwner {
  /** Owners with the same key share one place in the rotation. */
  readonly key: string
  /** Whether the owner is served before strangers, though never to their exclusion. */
  readonly isKnown: boolean
}

interface Turn {
  readonly start: () => void
  readonly refuse: (error: QueueFull) => void
}

/** While both kinds wait, one place in so many is a stranger's: else a flood of the known would keep newcomers out. */
const STRANGERS_TURN = 4

/**
 * Runs tasks with bounded concurrency, by key in rotation: a key that asks for a thousand delays another key's one
 * by a single task. At most `maxWaiting` tasks of known keys wait, and as many of strangers. One more task takes the
 * place of the last task of the key that has most; that task is refused with `QueueFull`. When no key has more tasks
 * than its own, the new task itself is refused.
 */
export class FairSemaphore {
  readonly #concurrency: number
  readonly #known: Rotation
  readonly #strangers: Rotation
  #running = 0
  #served = 0

  constructor(bounds: { concurrency: number; maxWaiting: number }) {
    this.#concurrency = bounds.concurrency
    this.#known = new Rotation(bounds.maxWaiting)
    this.#strangers = new Rotation(bounds.maxWaiting)
  }

  /** Tasks that wait for their turn. */
  get waiting(): number {
    return this.#known.size + this.#strangers.size
  }

  async run<T>(task: () => Promise<T>, { key, isKnown }: TaskOwner): Promise<T> {
    if (this.#running < this.#concurrency) this.#running++
    else await this.#wait(isKnown ? this.#known : this.#strangers, key)
    try {
      return await task()
    } finally {
      // Hands its place to the next in line, so that `#running` stays what it was.
      const next = this.#next()
      if (next) next.start()
      else this.#running--
    }
  }

  #wait(rotation: Rotation, key: string): Promise<void> {
    return new Promise<void>((resolve, reject) => rotation.add(key, { start: resolve, refuse: reject }))
  }

  #next(): Turn | undefined {
    const isStrangersTurn = this.#served++ % STRANGERS_TURN === STRANGERS_TURN - 1
    return isStrangersTurn
      ? (this.#strangers.take() ?? this.#known.take())
      : (this.#known.take() ?? this.#strangers.take())
  }
}

/** Turns of several keys, taken from one key after the other. */
class Rotation {
  readonly #bound: number
  /** Each key's queue, in the order in which the keys are served next. No queue is empty. */
  readonly #queues = new Map<string, Turn[]>()
  size = 0

  constructor(bound: number) {
    this.#bound = bound
  }

  add(key: string, turn: Turn): void {
    if (this.size >= this.#bound && !this.#makeRoomFor(key)) {
      turn.refuse(new QueueFull())
      return
    }
    const queue = this.#queues.get(key)
    if (queue) queue.push(turn)
    else this.#queues.set(key, [turn])
    this.size++
  }

  take(): Turn | undefined {
    for (const [key, queue] of this.#queues) {
      this.#queues.delete(key)
      const turn = queue.shift()
      if (queue.length > 0) this.#queues.set(key, queue)
      this.size--
      return turn
    }
    return undefined
  }

  /** Refuses the last turn of the longest queue, unless a newcomer of this key would then have the longest. */
  #makeRoomFor(key: string): boolean {
    const [longest, queue] = this.#longest()
    if (queue === undefined || queue.length <= (this.#queues.get(key)?.length ?? 0) + 1) return false
    queue.pop()?.refuse(new QueueFull())
    if (queue.length === 0) this.#queues.delete(longest)
    this.size--
    return true
  }

  #longest(): readonly [key: string, queue: Turn[] | undefined] {
    let found: readonly [string, Turn[] | undefined] = ['', undefined]
    for (const entry of this.#queues) if (entry[1].length > (found[1]?.length ?? 0)) found = entry
    return found
  }
}
