import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Ask } from '../targets/parlance/greed.ts'
import type { Haul } from './greedy-client.ts'

const CLIENT = join(import.meta.dirname, 'greedy-client.ts')

/** A client in a process of its own that repeats one request as fast as it is answered. */
interface Greedy {
  /** Ends the client; resolves with what it received. */
  stop(): Promise<Haul>
}

/** Starts a client that repeats this request from now on. */
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
