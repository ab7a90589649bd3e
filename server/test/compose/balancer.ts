import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { findHaproxy } from '../support/engines/index.ts'
import { freePort } from '../support/free-port.ts'
import type { Owner } from '../support/owner.ts'
import { endWithUs } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { START_MS, until } from '../support/until.ts'

const CONFIG = join(import.meta.dirname, '../../../deploy/haproxy.cfg')

/** Where a node listens, on this machine. */
export interface Behind {
  readonly url: string
  readonly tcpPort: number
}

export interface Balancer extends Behind {
  /** Whether it sends clients to both nodes. */
  hasBoth(): Promise<boolean>
}

/** HAProxy with the configuration of compose.yaml, in front of those two. Ends with its owner. */
export async function startBalancer(owner: Owner, [one, two]: readonly [Behind, Behind]): Promise<Balancer> {
  const folder = await tempDir(owner)
  const control = join(folder, 'control')
  const asked = join(folder, 'control.cfg')
  await writeFile(asked, `global\n  stats socket ${control}\n`)
  const [port, tcpPort] = [await freePort(), await freePort()]
  const environment = {
    BIND_WEB: `127.0.0.1:${port}`,
    BIND_TCP: `127.0.0.1:${tcpPort}`,
    NODE_1: new URL(one.url).host,
    NODE_2: new URL(two.url).host,
    NODE_1_TCP: `127.0.0.1:${one.tcpPort}`,
    NODE_2_TCP: `127.0.0.1:${two.tcpPort}`,
  }
  const child = spawn(findHaproxy() ?? 'haproxy', ['-db', '-f', CONFIG, '-f', asked], {
    env: environment,
    stdio: 'ignore',
  })
  endWithUs(child)
  owner.after(() => void child.kill('SIGKILL'))
  const url = `http://127.0.0.1:${port}`
  await until('the balancer to find a node', () => isServed(url), START_MS)
  return { url, tcpPort, hasBoth: async () => (await stateOfNodes(control)).every((state) => state === 'UP') }
}

/** HAProxy's state of each node: `UP`, `DRAIN`, `DOWN 1/1` …. */
async function stateOfNodes(control: string): Promise<readonly string[]> {
  const socket = connect(control)
  socket.end('show stat\n')
  // The name of the backend, that of the server, and 15 columns on its state.
  const rows = (await text(socket)).split('\n').map((line) => line.split(','))
  return rows.flatMap(([backend, server, ...columns]) =>
    backend === 'nodes' && server !== 'BACKEND' ? [columns[15] ?? ''] : [],
  )
}

/** A node answers there. */
export const isServed = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  )
