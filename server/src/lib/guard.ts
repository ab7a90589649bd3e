import { EventEmitter } from 'node:events'

/** The kinds of places at which code that is not the server's own calls into it. */
export type Door =
  | 'http'
  | 'websocket'
  | 'socket_io'
  | 'tcp'
  | 'timer'
  | 'task'
  | 'redis'
  | 'postgres'
  | 'sqlite'

type Hear = (door: Door, error: unknown) => void

const hearing = new Set<Hear>()

/** Passes `hear` every failure that a guard of this process catches, until the returned function is called. */
export function onFailure(hear: Hear): () => void {
  hearing.add(hear)
  return () => {
    hearing.delete(hear)
  }
}

/**
 * Wraps a callback for a library: a throw there, or a promise that is rejected, would otherwise end the process
 * and with it every connection. The failure goes to the listeners of `onFailure`, and `end`, called with the
 * callback's arguments, ends the one connection that it was about. Without listeners failures stay uncaught.
 */
export function guarded<This, Args extends unknown[]>(
  door: Door,
  callback: (this: This, ...args: Args) => unknown,
  end?: (this: This, ...args: Args) => void,
): (this: This, ...args: Args) => void {
  return function (this: This, ...args: Args): void {
    try {
      const result = callback.apply(this, args)
      if (result instanceof Promise) result.catch((error) => fail(door, error, () => end?.apply(this, args)))
    } catch (error) {
      fail(door, error, () => end?.apply(this, args))
    }
  }
}

/** Owns a promise that nobody waits for. */
export function owned(door: Door, promise: Promise<unknown>): void {
  promise.catch((error) => fail(door, error))
}

/**
 * An `emit` that catches every listener's failure, whether the listener is ours or a library's own. `end` ends
 * the connection that the event was about.
 */
export function guardedEmit<Emitter extends EventEmitter>(
  door: Door,
  end: (emitter: Emitter, args: readonly unknown[]) => void,
): (this: Emitter, event: string | symbol, ...args: unknown[]) => boolean {
  return function (this: Emitter, event: string | symbol, ...args: unknown[]): boolean {
    try {
      return EventEmitter.prototype.emit.call(this, event, ...args)
    } catch (error) {
      fail(door, error, () => end(this, args))
      return true
    }
  }
}

function fail(door: Door, error: unknown, end?: () => void): void {
  report(door, error)
  try {
    end?.()
  } catch (another) {
    report(door, another)
  }
}

/** Tells `onFailure` of a failure that has been caught where a guard would cost too much. */
export function report(door: Door, error: unknown): void {
  if (hearing.size === 0) {
    process.nextTick(() => {
      throw error
    })
  }
  for (const hear of hearing) hear(door, error)
}
