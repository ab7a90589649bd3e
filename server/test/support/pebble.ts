import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { makeCertificate, textsOf } from './certificates.ts'
import { findPebble } from './engines/index.ts'
import { freePort } from './free-port.ts'
import type { Owner } from './owner.ts'
import { endWithUs } from './process.ts'
import { tempDir } from './temp-dir.ts'
import { START_MS, until } from './until.ts'

interface PebbleOptions {
  /** The port at which it looks for proofs, of whatever a name leads to. */
  readonly challengePort: number
  /** Seconds for which its certificates are valid. */
  readonly lifeSeconds?: number
  /** Where it listens, as an authority that was away comes back. */
  readonly port?: number
  /** Whether all names lead to this machine; otherwise it asks the machine's own files and name servers. */
  readonly leadsAllHere?: boolean
  /** The certificate that it serves itself, of an earlier start. */
  readonly own?: { readonly cert: string; readonly key: string }
}

/** An authority for certificates: Debian's pebble, which looks for proofs as a real one does. */
export interface Pebble {
  /** Address of its ACME directory. */
  readonly directory: string
  /** The file of the certificate that clients of the directory have to believe, in PEM. */
  readonly authority: string
  /** The files of the certificate that it serves itself, and the text of the first. */
  readonly own: { readonly cert: string; readonly key: string; readonly certText: string }
  /** The root of the certificates that it makes, in PEM. */
  root(): Promise<string>
  /** Its log so far. */
  readonly output: { readonly stdout: string }
  stop(): Promise<void>
}

/** Makes the certificate of a pebble that may start later. */
export const pebbleCertificate = async (owner: Owner) => makeCertificate(await tempDir(owner))

export async function startPebble(owner: Owner, options: PebbleOptions): Promise<Pebble> {
  const { challengePort, lifeSeconds = 90 * 24 * 3600, port = await freePort() } = options
  const own = options.own ?? (await pebbleCertificate(owner))
  const folder = await tempDir(owner)
  const managed = await freePort()
  const config = join(folder, 'pebble.json')
  const pebble = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managed}`,
    certificate: own.cert,
    privateKey: own.key,
    httpPort: challengePort,
    tlsPort: await freePort(),
    certificateValidityPeriod: lifeSeconds,
  }
  await writeFile(config, JSON.stringify({ pebble }))
  const names = options.leadsAllHere ? ['-dnsserver', await startNameServer(owner)] : []
  const child = spawn(findPebble() ?? 'pebble', ['-config', config, ...names], {
    env: { PEBBLE_VA_NOSLEEP: '1', PEBBLE_AUTHZREUSE: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  endWithUs(child)
  const output = { stdout: '' }
  child.stdout.setEncoding('utf8').on('data', (said: string) => {
    output.stdout += said
  })
  const exited = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
  }
  owner.after(stop)
  const { cert: ca } = await textsOf(own)
  const ask = async (url: string): Promise<string> => {
    const [answer] = await once(request(url, { ca, agent: false }).end(), 'response')
    return text(answer)
  }
  const directory = `https://localhost:${port}/dir`
  await until(
    'pebble to answer',
    () =>
      ask(directory).then(Boolean, () => {
        if (child.exitCode !== null) throw new Error(`pebble ended: ${output.stdout}`)
        return false
      }),
    START_MS,
  )
  return {
    ...{ directory, authority: own.cert, output, stop },
    own: { ...own, certText: ca },
    root: () => ask(`https://localhost:${managed}/roots/0`),
  }
}

/** A name server that comes with pebble: it leads each name to 127.0.0.1. Resolves with its address. */
async function startNameServer(owner: Owner): Promise<string> {
  const [port, management] = [await freePort(), await freePort()]
  const none = ['http01', 'https01', 'tlsalpn01', 'defaultIPv6'].flatMap((name) => [`-${name}`, ''])
  const child = spawn(
    `${findPebble() ?? 'pebble'}-challtestsrv`,
    [...none, '-dns01', `127.0.0.1:${port}`, '-management', `127.0.0.1:${management}`],
    { stdio: 'ignore' },
  )
  endWithUs(child)
  const exited = once(child, 'exit')
  owner.after(async () => {
    child.kill('SIGTERM')
    await exited
  })
  await until(
    'the name server to answer',
    () => fetch(`http://127.0.0.1:${management}`).then(Boolean, () => false),
    START_MS,
  )
  return `127.0.0.1:${port}`
}
