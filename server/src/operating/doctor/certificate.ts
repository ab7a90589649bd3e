import { stat } from 'node:fs/promises'
import { type Certificate, certificateOf, dayOf, namesOf, readPair } from '../../certificates/index.ts'
import type { Config } from '../../config/index.ts'
import { type Finding, ok, warning } from './finding.ts'

const DAY_MS = 24 * 3_600_000
/** Certificates of Let's Encrypt are renewed 30 days before their end: of this many one that renews itself never has less. */
const SOON_DAYS = 14

type Settings = Pick<Config, 'tls' | 'native'>

/** The certificate with which the server speaks TLS: whether it can be served, until when, and for whom. */
export async function examineCertificate({ tls, native }: Settings): Promise<readonly Finding[]> {
  if (!tls) return []
  const certificate = certificateOf(await readPair(tls), namesOf(tls), Date.now())
  return [
    end(certificate),
    ...publicHost(certificate, native.publicUrl),
    ...rights(tls.key, (await stat(tls.key)).mode),
  ]
}

function end({ expiresAtMs }: Certificate): Finding {
  const days = Math.floor((expiresAtMs - Date.now()) / DAY_MS)
  const found = `It can be served, and runs out on ${dayOf(expiresAtMs)}, in ${days} ${days === 1 ? 'day' : 'days'}.`
  if (days >= SOON_DAYS) return ok('certificate', found)
  return warning(
    'certificate',
    found,
    'Renew it: clients refuse one that has run out. The server takes new files over by itself.',
  )
}

function publicHost(certificate: Certificate, url: URL | undefined): readonly Finding[] {
  if (!url) return []
  const subject = 'certificate, PUBLIC_URL'
  if (url.protocol === 'http:')
    return [
      warning(
        subject,
        `PUBLIC_URL is ${url.origin}, and the server speaks TLS.`,
        'Write https: in it, or browsers are given cookies and addresses for plain http.',
      ),
    ]
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (certificate.covers(host)) return [ok(subject, `It is for ${host}.`)]
  return [
    warning(
      subject,
      `It is not for ${host}, which PUBLIC_URL names.`,
      'Browsers refuse it there: have one made for that name, or correct PUBLIC_URL.',
    ),
  ]
}

function rights(file: string, mode: number): readonly Finding[] {
  if (process.platform === 'win32' || (mode & 0o077) === 0)
    return [ok('certificate, rights', `Nobody but its owner reads ${file}.`)]
  return [
    warning(
      'certificate, rights',
      `Other users of this machine may read ${file}.`,
      `Whoever has it can pretend to be this server: chmod 600 ${file}`,
    ),
  ]
}
