import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'
import type { Owner } from './owner.ts'

/** A way to a server that a test can cut. */
export interface CuttableProxy {
  readonly port: number
  /** How many there are. */
  readonly connections: number
  /** Drops every connection; with `stay`, new ones as well until `restore`. */
  cut(stay?: 'stay'): void
  /**
   * Until `restore` connections stay open and new ones are accepted, but nothing comes through, or no answers.
   * Those that stood still never move again, as when a firewall has forgotten them.
   */
  stall(what: 'all' | 'answers'): void
  /** New connections are well. */
  restore(): void
  /** What stood still goes on, also of clients that have hung up since. */
  release(): void
}

interface Way {
  readonly near: Socket
  readonly far: Socket
}

export async function startProxy(
  owner: Owner,
  target: { host: string; port: number },
): Promise<CuttableProxy> {
  const ways = new Set<Way>()
  let state: 'open' | 'cut' | 'all' | 'answers' = 'open'
  // Who hangs up is heard to the end.
  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (state === 'cut') return near.destroy()
    const way = { near, far: createConnection({ ...target, allowHalfOpen: true }) }
    ways.add(way)
    link(way, () => ways.delete(way))
    if (state !== 'open') halt(way, state)
    return undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const drop = () => {
    for (const { near, far } of ways) for (const socket of [near, far]) socket.destroy()
  }
  owner.after(() => {
    drop()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return ways.size
    },
    cut: (stay) => {
      state = stay === 'stay' ? 'cut' : 'open'
      drop()
    },
    stall: (what) => {
      state = what
      for (const way of ways) halt(way, what)
    },
    restore: () => {
      state = 'open'
    },
    release: () => {
      for (const { near, far } of ways) {
        near.pipe(far)
        far.pipe(near)
      }
    },
  }
}

function link({ near, far }: Way, onClosed: () => void): void {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.on('error', () => other.destroy())
    one.on('close', () => {
      onClosed()
      other.destroy()
    })
    one.pipe(other)
  }
}

function halt({ near, far }: Way, what: 'all' | 'answers'): void {
  far.unpipe(near).pause()
  if (what === 'all') near.unpipe(far).pause()
}
