import { once } from 'node:events'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Config } from '../../config/index.ts'
import { requestHttp } from '../../lib/http.ts'
import { hostAndPort } from '../../lib/server-address.ts'
import { type Finding, fault, ok } from './finding.ts'

const ANSWER_MS = 2_000

/** Whether each port is free, or has this kind of server behind it. */
export async function examinePorts(
  config: Pick<Config, 'host' | 'port' | 'rawPorts' | 'dedicatedPorts' | 'tls'>,
): Promise<readonly Finding[]> {
  const { host, port, rawPorts, dedicatedPorts, tls } = config
  const scheme: Place['scheme'] = tls ? 'https' : 'http'
  const http = [port, ...dedicatedPorts.map((each) => each.port)].map((each) => ({
    host,
    port: each,
    scheme,
  }))
  const raw = rawPorts.map((each) => ({ host: each.host, port: each.port, scheme: undefined }))
  const challenges = tls?.kind === 'acme' ? [{ host, port: tls.challengePort, scheme: undefined }] : []
  const fixed = [...http, ...raw, ...challenges].filter((each) => each.port !== 0)
  return Promise.all(fixed.map(examinePort))
}

async function examinePort({ host, port, scheme }: Place): Promise<Finding> {
  const where = hostAndPort(host, port)
  const code = await refusalOf(host, port)
  if (code === undefined) return ok('port', `${where} is free.`)
  if (
    code === 'EADDRINUSE' &&
    (!scheme || (await isParlance(`${scheme}://${hostAndPort(reachable(host), port)}`)))
  )
    return ok('port', `${where} is taken${scheme ? ' by a server of Parlance' : ''}.`)
  const remedy =
    code === 'EACCES'
      ? 'A port below 1024 is for root, or needs CAP_NET_BIND_SERVICE: set another, to which the system or a proxy leads.'
      : 'Another program has it, or this machine has no such address: end that program, or set another.'
  return fault('port', `${where} cannot be listened on (${code}).`, remedy)
}

interface Place {
  readonly host: string
  readonly port: number
  /** Undefined where raw TCP is spoken, or nothing but proofs of names is told. */
  readonly scheme: 'http' | 'https' | undefined
}

/** The system's code; undefined if it can be listened on. */
function refusalOf(host: string, port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const server = createServer()
  server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  return promise
}

const reachable = (host: string): string => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host)

/** The certificate is for the names that people use, and is examined apart. */
async function isParlance(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS)
    const asked = requestHttp(new URL('/healthz', url), { signal, agent: false, rejectUnauthorized: false })
    const [answer] = await once(asked.end(), 'response', { signal })
    return answer.statusCode === 200 && (await text(answer)).includes('ok')
  } catch {
    // Something that speaks no HTTP has the port.
    return false
  }
}
