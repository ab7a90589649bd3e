import { EventEmitter } from 'node:events'

/** The kinds of places at which code that is not the server's own calls into it. */
export const DOORS = [
  'http',
  'websocket',
  'socket_io',
  'tcp',
  'timer',
  'task',
  'redis',
  'postgres',
  'sqlite',
] as const
export type Door = (typeof DOORS)[number]

/** `about`: what the callback was called on and with, and the connection that it was about, where they are known. */
type Hear = (door: Door, error: unknown, about: readonly unknown[]) => void

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
      if (result instanceof Promise) ownedBy(door, result, end && later(end, this, args), [this, args])
    } catch (error) {
      caught(door, error, end && later(end, this, args), [this, ...args])
    }
  }
}

// These two stand apart from `guarded`: a closure there would have each call allocate what it shares with the closure.

const later =
  <This, Args extends unknown[]>(call: (this: This, ...args: Args) => void, self: This, args: Args) =>
  (): void =>
    call.apply(self, args)

function ownedBy(
  door: Door,
  promise: Promise<unknown>,
  end: (() => void) | undefined,
  [self, args]: readonly [self: unknown, args: readonly unknown[]],
): void {
  promise.catch((error) => caught(door, error, end, [self, ...args]))
}

/** Owns a promise that nobody waits for; `about` is the connection that it works for. */
export function owned(door: Door, promise: Promise<unknown>, about?: object): void {
  promise.catch((error) => caught(door, error, undefined, [about]))
}

type Emit<Emitter> = (this: Emitter, event: string | symbol, ...args: unknown[]) => boolean

/**
 * An `emit` that catches every listener's failure, whether the listener is ours or a library's own. `end` ends
 * the connection that the emitter is.
 */
export function guardedEmit<Emitter extends EventEmitter>(
  door: Door,
  end: (emitter: Emitter) => void,
): Emit<Emitter> {
  // The arguments are used once and `this` in no closure: so V8 passes them on without making an array or a context.
  return function (this: Emitter, event: string | symbol, ...args: unknown[]): boolean {
    try {
      return emit.call(this, event, ...args)
    } catch (error) {
      caught(door, error, end.bind(undefined, this), [this])
      return true
    }
  }
}

/** Like `guardedEmit`, for an emitter that serves many: `end` ends the connections among the event's arguments. */
export function guardedEmitOfMany<Emitter extends EventEmitter>(
  door: Door,
  end: (args: readonly unknown[]) => void,
): Emit<Emitter> {
  return function (this: Emitter, event: string | symbol, ...args: unknown[]): boolean {
    try {
      return emit.call(this, event, ...args)
    } catch (error) {
      caught(door, error, end.bind(undefined, args), args)
      return true
    }
  }
}

const { emit } = EventEmitter.prototype

/** Tells `onFailure` of a failure that has been caught, and ends the connection that it was about. */
export function caught(door: Door, error: unknown, end?: () => void, about: readonly unknown[] = []): void {
  report(door, error, about)
  try {
    end?.()
  } catch (another) {
    report(door, another, about)
  }
}

/** Tells `onFailure` of a failure that has been caught where a guard would cost too much. */
export function report(door: Door, error: unknown, about: readonly unknown[] = []): void {
  if (hearing.size === 0) {
    process.nextTick(() => {
      throw error
    })
  }
  for (const hear of hearing) hear(door, error, about)
}
