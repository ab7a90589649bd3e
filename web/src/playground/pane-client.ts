import type { FrameLog } from './frames.ts'
import type { Person } from './people.ts'

const DIALECTS = ['rooms', 'chatapp', 'groups', 'messenger', 'channels', 'native'] as const
export type DialectName = (typeof DIALECTS)[number]

/** The one conversation, by all the names that the dialects have for it. */
export interface Place {
  readonly id: number
  readonly gid: string
  /** The numbers of its two accounts, by username. */
  readonly accounts: Readonly<Record<string, number>>
  /** Its newest message when it was found, 0 where there is none: what is later is news. */
  readonly newest: number
}

/** A message as one dialect shows it. */
export interface Said {
  /** The number that all dialects write in their own way. */
  readonly id: number
  readonly text: string
  /** The sender, as the dialect says it. */
  readonly sender: string
  /** Id and time, as they were on the wire. */
  readonly words: string
  readonly isOwn: boolean
}

export interface Surroundings {
  readonly person: Person
  /** The other one in the conversation. */
  readonly other: Person
  readonly log: FrameLog
  readonly pusherKey: string | null
  readonly hasRawTcp: boolean
  heard(said: readonly Said[]): void
  /** Whether it hears what is said. */
  live(isLive: boolean): void
}

/** A client of one dialect, in the one conversation. */
export interface PaneClient {
  /** Throws a `Refusal` when it could not be said. */
  say(text: string): Promise<void>
  close(): void
}

export type OpenPane = (surroundings: Surroundings, place: Place) => Promise<PaneClient>

/** A dialect's own words for a no. */
export class Refusal extends Error {}

/** Calls again and again until it succeeds or is stopped: a server that starts anew is back in a moment. */
export function persist(attempt: () => Promise<unknown>): { stop(): void; again(): void } {
  let timer: number | undefined
  let isOver = false
  const run = () => {
    attempt().catch(() => again())
  }
  const again = () => {
    clearTimeout(timer)
    if (!isOver) timer = window.setTimeout(run, RETRY_MS)
  }
  run()
  return {
    again,
    stop: () => {
      isOver = true
      clearTimeout(timer)
    },
  }
}

const RETRY_MS = 1_000
