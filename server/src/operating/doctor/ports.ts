import { createServer } from 'node:net'
import type { Config } from '../../config/index.ts'
import { hostAndPort } from '../../lib/server-address.ts'
import { type Finding, fault, ok } from './finding.ts'

const ANSWER_MS = 2_000

/** Whether each port is free, or has this kind of server behind it. */
export async function examinePorts(
  config: Pick<Config, 'host' | 'port' | 'rawPorts' | 'dedicatedPorts'>,
): Promise<readonly Finding[]> {
  const { host, port, rawPorts, dedicatedPorts } = config
  const http = [port, ...dedicatedPorts.map((each) => each.port)].map((each) => ({
    host,
    port: each,
    isHttp: true,
  }))
  const raw = rawPorts.map((each) => ({ host: each.host, port: each.port, isHttp: false }))
  const fixed = [...http, ...raw].filter((each) => each.port !== 0)
  return Promise.all(fixed.map(examinePort))
}

async function examinePort({ host, port, isHttp }: Place): Promise<Finding> {
  const where = hostAndPort(host, port)
  const code = await refusalOf(host, port)
  if (code === undefined) return ok('port', `${where} is free.`)
  if (code === 'EADDRINUSE' && (!isHttp || (await isParlance(host, port))))
    return ok('port', `${where} is taken${isHttp ? ' by a server of Parlance' : ''}.`)
  const remedy =
    code === 'EACCES'
      ? 'A port below 1024 is for root, or needs CAP_NET_BIND_SERVICE: set PORT to another, behind a proxy.'
      : 'Another program has it, or this machine has no such address: end that program, or set another.'
  return fault('port', `${where} cannot be listened on (${code}).`, remedy)
}

interface Place {
  readonly host: string
  readonly port: number
  readonly isHttp: boolean
}

/** The system's code; undefined if it can be listened on. */
function refusalOf(host: string, port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const server = createServer()
  server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  return promise
}

async function isParlance(host: string, port: number): Promise<boolean> {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  try {
    const answer = await fetch(`http://${hostAndPort(reachable, port)}/healthz`, {
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    return answer.ok && (await answer.text()).includes('ok')
  } catch {
    // Something that speaks no HTTP has the port.
    return false
  }
}
