import { KEYS } from '../support/channels.ts'
import { type Engines, startEngines } from '../support/engines/index.ts'
import { freePort } from '../support/free-port.ts'
import type { Owner } from '../support/owner.ts'
import { type ServerProcess, spawnCheapServer } from '../support/process.ts'
import { START_MS, until } from '../support/until.ts'
import { type Balancer, type Behind, startBalancer } from './balancer.ts'

/** A node of the two, at one address however often it is started. */
interface Running extends Behind {
  readonly process: ServerProcess
  /** Tells it to stop, and starts it again when it has: as an upgrade does. Answers its exit code. */
  replace(): Promise<number | string>
}

interface Pair {
  readonly engines: Engines
  readonly nodes: readonly [Running, Running]
  readonly balancer: Balancer
}

/** Two nodes with engines of their own, behind the balancer. */
export async function startPair(owner: Owner): Promise<Pair> {
  const engines = await startEngines()
  owner.after(async () => engines[Symbol.asyncDispose]())
  const settings = {
    ...{ ...KEYS, LOG_LEVEL: 'warn', TRUSTED_PROXIES: '127.0.0.1' },
    // As in compose.yaml.
    PARLANCE_DRAIN_SECONDS: '3',
    ...{ DATABASE_URL: engines.postgres.url, REDIS_URL: engines.redis.url },
  }
  const nodes = await Promise.all([startNode(owner, settings), startNode(owner, settings)])
  return { engines, nodes, balancer: await startBalancer(owner, nodes) }
}

async function startNode(owner: Owner, settings: Readonly<Record<string, string>>): Promise<Running> {
  const [port, tcpPort] = [await freePort(), await freePort()]
  const start = async () => {
    const process = spawnCheapServer(owner, {
      ...settings,
      PORT: String(port),
      ROOMS_TCP_PORT: String(tcpPort),
    })
    await until('the node to be ready', () => process.output.stdout.includes('is ready'), START_MS)
    return process
  }
  let process = await start()
  return {
    url: `http://127.0.0.1:${port}`,
    tcpPort,
    get process() {
      return process
    },
    async replace() {
      process.child.kill('SIGTERM')
      const code = await process.exited
      process = await start()
      return code
    },
  }
}
