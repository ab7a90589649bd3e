import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { SettingRefusal } from '../lib/settings.ts'

/** Two texts in PEM: the certificate with those of its authorities, and its private key. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

/** A pair that can be served. */
export interface Certificate extends Pair {
  /** Milliseconds since 1970. */
  readonly beginsAtMs: number
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number
  /** Whether a client that asks for this host, a name or an address, would believe it. */
  covers(host: string): boolean
}

/** A pair that cannot be served. The message is one sentence, as that of any setting. */
export class CertificateRefusal extends SettingRefusal {}

/** How the sentences call the two: settings with their files. */
export type Names = Pair

/** The certificate of a pair. Throws `CertificateRefusal` where it cannot be served at `nowMs`. */
export function certificateOf(pair: Pair, names: Names, nowMs: number): Certificate {
  const x509 = parsed(pair, names)
  const [beginsAtMs, expiresAtMs] = [Date.parse(x509.validFrom), Date.parse(x509.validTo)]
  if (expiresAtMs <= nowMs)
    throw new CertificateRefusal(
      `The certificate in ${names.cert} ran out on ${dayOf(expiresAtMs)}; renew it.`,
    )
  if (beginsAtMs > nowMs)
    throw new CertificateRefusal(
      `The certificate in ${names.cert} begins on ${dayOf(beginsAtMs)}; set this machine's clock, or wait.`,
    )
  return { ...pair, beginsAtMs, expiresAtMs, covers: (host) => isFor(x509, host) }
}

/** The day of a time, as people write it: `2026-12-01`. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

function parsed({ cert, key }: Pair, names: Names): X509Certificate {
  const x509 = attempt(() => new X509Certificate(cert))
  if (!x509)
    throw new CertificateRefusal(
      `${names.cert} has no certificate in PEM; name a file that begins with -----BEGIN CERTIFICATE-----.`,
    )
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(key))
    throw new CertificateRefusal(
      `The key in ${names.key} has a passphrase, which nobody can type at a start; write it without one, by openssl pkey.`,
    )
  const privateKey = attempt(() => createPrivateKey(key))
  if (!privateKey)
    throw new CertificateRefusal(
      `${names.key} has no private key in PEM; name a file that has a line -----BEGIN PRIVATE KEY-----.`,
    )
  if (!x509.checkPrivateKey(privateKey))
    throw new CertificateRefusal(
      `The key in ${names.key} does not fit the certificate in ${names.cert}; name two that were made together.`,
    )
  refuseUnusable({ cert, key }, names)
  return x509
}

/** OpenSSL refuses more: keys that are too short, broken certificates after the first. */
function refuseUnusable(pair: Pair, names: Names): void {
  try {
    // Loaded by a server that speaks TLS only.
    process.getBuiltinModule('node:tls').createSecureContext(pair)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CertificateRefusal(`${names.cert} cannot be served (${why}); have another certificate made.`, {
      cause,
    })
  }
}

/** Undefined where OpenSSL cannot read it: its own words help nobody. */
function attempt<Answer>(read: () => Answer): Answer | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

const isFor = (x509: X509Certificate, host: string): boolean =>
  (isIP(host) === 0 ? x509.checkHost(host) : x509.checkIP(host)) !== undefined
