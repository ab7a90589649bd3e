import type { Case, Pace } from './scenario.ts'
import { underLoad } from './scenarios/under-load.ts'
import type { Subject, Target, World } from './target.ts'

/** Messages on their way at any time in one conversation. */
export const IN_FLIGHT = 64
const ROOM_MEMBERS = 5
/** Prosody deals with all that is in flight in one turn of seconds: a shorter look would see none of them. */
const LUMPY_SECONDS = 15

type Measure = Case['measure']

/** Each target at each size. */
export function cases<Of extends Subject, Size extends number | null>(
  targets: readonly Of[],
  sizes: readonly Size[],
  measureOf: (target: Of, size: Size) => Measure,
): readonly Case[] {
  return targets.flatMap((target) =>
    sizes.map((size) => ({ target, size, measure: measureOf(target, size) })),
  )
}

export const oneConversation =
  (
    target: Target,
    {
      inFlight = IN_FLIGHT,
      ...world
    }: Pick<World, 'membersEach' | 'speakers'> & { readonly inFlight?: number },
  ): Measure =>
  (pace) =>
    underLoad(target, {
      world: { conversations: 1, ...world },
      inFlight,
      pace: paceOf(target, pace),
    })

/** One unacknowledged message a person, unless so many in all. */
export const roomsOfFive =
  (
    target: Target,
    { inFlight, ...world }: Pick<World, 'conversations' | 'strangersConversations'> & { inFlight?: number },
  ): Measure =>
  (pace) =>
    underLoad(target, {
      world: { ...world, membersEach: ROOM_MEMBERS },
      inFlight: inFlight ?? world.conversations * ROOM_MEMBERS,
      pace: paceOf(target, pace),
    })

const paceOf = ({ name }: Target, pace: Pace): Pace =>
  name.startsWith('Prosody') ? { ...pace, seconds: Math.max(pace.seconds, LUMPY_SECONDS) } : pace
