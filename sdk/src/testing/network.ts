import type { Runtime, SocketHandlers } from '../lib/runtime.ts'
import type { Clock } from './clock.ts'

/** Decides about frames on their way. Each is asked for every frame; all may use `random`. */
export interface Script {
  /** Milliseconds, each way. */
  delay(): number
  /** Whether the connection breaks at this frame, which is lost with all that follow. */
  drops(): boolean
  /** Whether a frame of the server is lost without a word, as in a connection that only seems to live. */
  loses(): boolean
  /** Whether an event comes twice. */
  duplicates(): boolean
  /**
   * Whether frames that have no order among each other may overtake: answers, the account's news, and the events of
   * each conversation.
   */
  reorders(): boolean
}

/** A network at its best. */
export const CALM: Script = {
  delay: () => 1,
  drops: () => false,
  loses: () => false,
  duplicates: () => false,
  reorders: () => false,
}

/** The server's side of one connection. */
export interface Peer {
  hear(text: string): void
  closed(): void
}

export interface Line {
  say(frame: object): void
  close(code: number, reason: string): void
}

interface NetworkParts {
  readonly clock: Clock
  readonly random: () => number
  accept(line: Line): Peer
  answer(url: string, init: RequestInit): Response
}

/** A network between clients and a fake server. */
export class FakeNetwork {
  script: Script = CALM
  readonly #parts: NetworkParts
  readonly #links = new Set<Link>()
  readonly #wakers = new Set<() => void>()
  #isOnline = true
  #ids = 0

  constructor(parts: NetworkParts) {
    this.#parts = parts
  }

  /** A client's surroundings on this network. */
  runtime(): Runtime {
    const { clock, random } = this.#parts
    return {
      now: () => clock.now(),
      after: (ms, callback) => clock.after(ms, callback),
      random,
      newId: () => `id-${++this.#ids}`,
      openSocket: (_url, _protocol, handlers) => this.#open(handlers),
      fetch: (url, init) => this.#fetch(url, init),
      onWake: (callback) => {
        this.#wakers.add(callback)
        return () => this.#wakers.delete(callback)
      },
    }
  }

  /** Breaks every connection; new ones may be made. */
  cut(): void {
    for (const link of [...this.#links]) link.break(1006)
  }

  /** Breaks every connection, and lets none through. */
  goOffline(): void {
    this.#isOnline = false
    this.cut()
  }

  /** Lets connections through again, which clients are told. */
  goOnline(): void {
    this.#isOnline = true
    for (const wake of [...this.#wakers]) wake()
  }

  #open(handlers: SocketHandlers) {
    const { clock } = this.#parts
    const link = new Link({
      clock,
      script: () => this.script,
      handlers,
      onEnd: () => this.#links.delete(link),
    })
    this.#links.add(link)
    clock.after(this.script.delay(), () => {
      if (this.#isOnline) link.open(this.#parts.accept(link))
      else link.break(1006)
    })
    return { send: (text: string) => link.send(text), close: () => link.end() }
  }

  #fetch(url: string, init: RequestInit): Promise<Response> {
    const { clock } = this.#parts
    const { signal, ...rest } = init
    return new Promise((resolve, reject) => {
      const fail = () => reject(new TypeError('fetch failed'))
      signal?.addEventListener('abort', fail)
      clock.after(this.script.delay(), () => {
        if (!this.#isOnline || this.script.drops()) return fail()
        const response = this.#parts.answer(url, rest)
        clock.after(this.script.delay(), () => (this.#isOnline ? resolve(response) : fail()))
      })
    })
  }
}

interface LinkParts {
  readonly clock: Clock
  readonly script: () => Script
  readonly handlers: SocketHandlers
  onEnd(): void
}

/** One connection: frames of each stream come in order, and of several in any order if the script says so. */
class Link implements Line {
  readonly #parts: LinkParts
  #peer: Peer | undefined
  #isOver = false
  /** By stream, when its last frame arrives. */
  readonly #last = new Map<string, number>()

  constructor(parts: LinkParts) {
    this.#parts = parts
  }

  open(peer: Peer): void {
    if (this.#isOver) {
      peer.closed()
      return
    }
    this.#peer = peer
    this.#parts.handlers.onOpen()
  }

  send(text: string): void {
    if (this.#parts.script().drops()) {
      this.break(1006)
      return
    }
    this.#arrive('up', () => this.#peer?.hear(text))
  }

  say(frame: object): void {
    const { script, handlers } = this.#parts
    if (this.#isOver) return
    const { drops, loses, duplicates, reorders } = script()
    if (loses()) return
    if (drops()) {
      this.break(1006)
      return
    }
    const text = JSON.stringify(frame)
    const stream = reorders() ? streamOf(frame) : 'down'
    this.#arrive(stream, () => handlers.onText(text))
    if (stream.startsWith('event') && duplicates()) this.#arrive(stream, () => handlers.onText(text))
  }

  close(code: number, reason: string): void {
    this.#arrive('down', () => this.#over(code, reason))
  }

  break(code: number): void {
    this.#over(code, '')
  }

  /** The client has closed it. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#peer?.closed()
    this.#parts.onEnd()
  }

  #arrive(stream: string, deliver: () => void): void {
    const { clock, script } = this.#parts
    // A frame without a stream of its own waits for all of them.
    const before = stream === 'down' ? Math.max(0, ...this.#downs()) : (this.#last.get(stream) ?? 0)
    const floor = stream === 'up' ? before : Math.max(before, this.#last.get('down') ?? 0)
    const at = Math.max(floor, clock.now() + script().delay())
    this.#last.set(stream, at)
    clock.after(at - clock.now(), () => !this.#isOver && deliver())
  }

  #downs(): readonly number[] {
    return [...this.#last].flatMap(([stream, at]) => (stream === 'up' ? [] : [at]))
  }

  #over(code: number, reason: string): void {
    if (this.#isOver) return
    this.end()
    this.#parts.handlers.onClose(code, reason)
  }
}

function streamOf(frame: object): string {
  if ('re' in frame) return 'answers'
  if (!('op' in frame)) return 'down'
  if (frame.op === 'account') return 'account'
  return frame.op === 'event' && 'conversation' in frame ? `event ${frame.conversation}` : 'down'
}
