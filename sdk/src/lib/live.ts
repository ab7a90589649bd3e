/** A value that changes, for `useSyncExternalStore` and its likes: the same object until something has changed. */
export interface Observable<Value> {
  readonly get: () => Value
  /** Calls back after changes, once for all of one turn. The answer ends it. */
  readonly subscribe: (listener: () => void) => () => void
}

/** An observable that is computed when somebody looks, and again only after `changed`. */
export class Live<Value> implements Observable<Value> {
  readonly #compute: () => Value
  readonly #onWatched: ((isWatched: boolean) => void) | undefined
  readonly #listeners = new Set<() => void>()
  #kept: { readonly value: Value } | undefined
  #isTelling = false

  /** `onWatched` hears when the first listener comes and when the last one has gone. */
  constructor(compute: () => Value, onWatched?: (isWatched: boolean) => void) {
    this.#compute = compute
    this.#onWatched = onWatched
  }

  get isWatched(): boolean {
    return this.#listeners.size > 0
  }

  // Fields, not methods: they are handed around without their object.
  readonly get = (): Value => {
    this.#kept ??= { value: this.#compute() }
    return this.#kept.value
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    // A function of its own: the same listener may come twice.
    const own = () => listener()
    this.#listeners.add(own)
    if (this.#listeners.size === 1) this.#onWatched?.(true)
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#onWatched?.(false)
    }
  }

  changed(): void {
    this.#kept = undefined
    if (this.#isTelling || this.#listeners.size === 0) return
    this.#isTelling = true
    queueMicrotask(() => {
      this.#isTelling = false
      for (const listener of [...this.#listeners]) callSafely(listener)
    })
  }
}

/** A listener's error is its author's: it surfaces like that of any event listener, and stops nothing here. */
export function callSafely(listener: () => void): void {
  try {
    listener()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
