import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Ask } from '../targets/parlance/greed.ts'
import type { Haul } from './greedy-client.ts'

const CLIENT = join(import.meta.dirname, 'greedy-client.ts')

/** A client of bad manners that runs beside us. */
interface Greedy {
  /** Ends it, and answers what it has got. */
  stop(): Promise<Haul>
}

/** From now on it asks. */
export function beGreedy(ask: Ask): Greedy {
  const child = fork(CLIENT, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.send(ask)
  return {
    stop: async () => {
      child.send('tell')
      const [haul] = (await once(child, 'message')) as [Haul]
      child.disconnect()
      await once(child, 'exit')
      return haul
    },
  }
}
