import { setTimeout } from 'node:timers/promises'
import { now } from './body.ts'
import type { Person } from './crowd.ts'

/** Messages that keep coming until it is stopped. */
export interface Flow {
  stop(): void
}

/** Each speaker keeps so many messages in flight: the next is sent when one is acknowledged. */
export function keepInFlight(
  speakers: readonly Person[],
  each: number,
  onRoundTrip?: (micros: number) => void,
): Flow {
  let isOver = false
  for (const person of speakers) {
    const startedAt: number[] = []
    const say = () => {
      if (onRoundTrip) startedAt.push(now())
      person.say()
    }
    person.ear.onAcknowledged = () => {
      if (onRoundTrip) onRoundTrip(now() - (startedAt.shift() ?? Number.NaN))
      if (!isOver) say()
    }
    for (let i = 0; i < each; i++) say()
  }
  return {
    stop: () => {
      isOver = true
    },
  }
}

/** Sends `perSecond` messages a second, whether the server keeps up or not, by the speakers in turn. */
export function keepRate(speakers: readonly Person[], perSecond: number): Flow {
  let isOver = false
  const startedAt = performance.now()
  let said = 0
  const run = async () => {
    while (!isOver) {
      const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond)
      for (; said < due; said++) speakers[said % speakers.length]?.say(now())
      await setTimeout(1)
    }
  }
  void run()
  return {
    stop: () => {
      isOver = true
    },
  }
}
