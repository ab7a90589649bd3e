import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { findHaproxy } from '../support/engines/index.ts'
import { freePort } from '../support/free-port.ts'
import type { Owner } from '../support/owner.ts'
import { endWithUs } from '../support/process.ts'
import { until } from '../support/until.ts'

const CONFIG = join(import.meta.dirname, '../../../deploy/haproxy.cfg')

/** Where a node listens, on this machine. */
export interface Behind {
  readonly url: string
  readonly tcpPort: number
}

/** HAProxy with the configuration of compose.yaml, in front of those two. Ends with its owner. */
export async function startBalancer(owner: Owner, [one, two]: readonly [Behind, Behind]): Promise<Behind> {
  const [port, tcpPort] = [await freePort(), await freePort()]
  const environment = {
    BIND_WEB: `127.0.0.1:${port}`,
    BIND_TCP: `127.0.0.1:${tcpPort}`,
    NODE_1: new URL(one.url).host,
    NODE_2: new URL(two.url).host,
    NODE_1_TCP: `127.0.0.1:${one.tcpPort}`,
    NODE_2_TCP: `127.0.0.1:${two.tcpPort}`,
  }
  const child = spawn(findHaproxy() ?? 'haproxy', ['-db', '-f', CONFIG], {
    env: environment,
    stdio: 'ignore',
  })
  endWithUs(child)
  owner.after(() => void child.kill('SIGKILL'))
  const url = `http://127.0.0.1:${port}`
  await until('the balancer to find a node', () => isServed(url), 20_000)
  return { url, tcpPort }
}

/** A node answers there. */
export const isServed = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  )
