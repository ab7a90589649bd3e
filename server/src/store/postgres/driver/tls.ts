import { readFileSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import type { Options } from 'postgres'
import { type PostgresAddress, parsePostgresAddress, shownPostgres } from '../../../lib/postgres-address.ts'
import { StoreRefusal } from '../../refusal.ts'

type Ssl = Exclude<Options<Record<string, never>>['ssl'], undefined>

/** The driver's options for TLS. Throws `StoreRefusal` when a file of certificates cannot be read. */
export function tlsOptionsOf({ host, tls }: PostgresAddress): Ssl {
  const own = {
    ...(tls.cert !== undefined && { cert: readPem('sslcert', tls.cert) }),
    ...(tls.key !== undefined && { key: readPem('sslkey', tls.key) }),
  }
  switch (tls.mode) {
    case 'disable':
      return false
    // The driver cannot go back to plain after a refusal, and 'allow' would add nothing else.
    case 'allow':
    case 'prefer':
      return 'prefer'
    case 'require':
      return { ...own, rejectUnauthorized: false }
    default: {
      const ca = tls.ca === undefined ? {} : { ca: readPem('sslrootcert', tls.ca) }
      const anyName = tls.mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}
      // `host` is set for an IP address too: without it, the certificate would be checked for localhost.
      return { ...own, ...ca, ...anyName, host, rejectUnauthorized: true } as object
    }
  }
}

function readPem(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new StoreRefusal(
      `DATABASE_URL has ${name}=${file}, which cannot be read: name a file that this user may read, or leave it out.`,
      { cause },
    )
  }
}

/** Asks for TLS: https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const YES = 'S'
const NO = 'N'
const ANSWER_MS = 2_000

/**
 * Throws `StoreRefusal` when TLS is asked of a server that has none. The driver would begin TLS all the same, and the
 * server would hang up, like one that is about to start. The next connection reports any other fault.
 */
export async function requireTls(url: string): Promise<void> {
  const address = parsePostgresAddress(url)
  const { mode } = address.tls
  if (mode === 'disable' || mode === 'allow' || mode === 'prefer') return
  if ((await askForTls(address)) !== NO) return
  throw new StoreRefusal(
    `${shownPostgres(url)} was asked for, and that server speaks no TLS: turn it on there (ssl = on), or leave sslmode=${mode} out of DATABASE_URL on a network where nobody listens in.`,
  )
}

function askForTls({ host, port }: PostgresAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket: Socket = createConnection({ host, port }, () => socket.write(SSL_REQUEST))
    const conclude = (answer?: string) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(ANSWER_MS, () => conclude())
    socket.once('data', (answer) => conclude(answer.toString('latin1', 0, 1) === NO ? NO : YES))
    socket.once('error', () => conclude())
    socket.once('close', () => conclude())
  })
}
