import type { ParlanceError } from '../rest/error.ts'
import type { Done } from './entry.ts'

interface Waiter {
  resolve(done: Done): void
  reject(error: ParlanceError): void
}

/** Callers that wait for what becomes of an entry. */
export class Waiters {
  readonly #all = new Map<string, readonly Waiter[]>()

  wait(clientId: string): Promise<Done> {
    return new Promise((resolve, reject) => {
      this.#all.set(clientId, [...(this.#all.get(clientId) ?? []), { resolve, reject }])
    })
  }

  resolve(clientId: string, done: Done): void {
    for (const waiter of this.#take(clientId)) waiter.resolve(done)
  }

  reject(clientId: string, error: ParlanceError): void {
    for (const waiter of this.#take(clientId)) waiter.reject(error)
  }

  rejectAll(error: ParlanceError): void {
    for (const clientId of [...this.#all.keys()]) this.reject(clientId, error)
  }

  #take(clientId: string): readonly Waiter[] {
    const waiters = this.#all.get(clientId) ?? []
    this.#all.delete(clientId)
    return waiters
  }
}
