import { lookup } from 'node:dns/promises'
import { stat } from 'node:fs/promises'
import {
  type Certificate,
  CertificateFolder,
  certificateOf,
  dayOf,
  namesOf,
  readPair,
} from '../../certificates/index.ts'
import type { AcmeSettings, Config } from '../../config/index.ts'
import { type Finding, ok, warning } from './finding.ts'

const DAY_MS = 24 * 3_600_000
/** Certificates of Let's Encrypt are renewed 30 days before their end: of this many one that renews itself never has less. */
const SOON_DAYS = 14

type Settings = Pick<Config, 'tls' | 'native'>

/** The certificate with which the server speaks TLS: whether it can be served, until when, and for whom. */
export async function examineCertificate({ tls, native }: Settings): Promise<readonly Finding[]> {
  if (!tls) return []
  if (tls.kind === 'acme') return [...(await got(tls, native)), ...(await addresses(tls.domains))]
  const certificate = certificateOf(await readPair(tls), namesOf(tls), Date.now())
  return [
    end(
      certificate,
      'Renew it: clients refuse one that has run out. The server takes new files over by itself.',
    ),
    ...publicHost(certificate, native.publicUrl),
    ...rights(tls.key, (await stat(tls.key)).mode),
  ]
}

/** A certificate that the server gets by itself. */
async function got(tls: AcmeSettings, native: Settings['native']): Promise<readonly Finding[]> {
  const folder = new CertificateFolder(tls.folder)
  const kept = folder.read()
  const names = tls.domains.join(', ')
  if (!kept)
    return [
      warning(
        'certificate',
        `There is none for ${names} yet.`,
        `A server that starts asks ${new URL(tls.directory).host} for one, which must reach it at port 80 of each name: nobody can connect before.`,
      ),
    ]
  const certificate = folder.certificateOf(kept, Date.now())
  return [
    end(
      certificate,
      'The server renews it by itself, and has not: its log says why. Clients refuse one that has run out.',
    ),
    ...missing(certificate, tls.domains),
    ...publicHost(certificate, native.publicUrl),
    ...rights(folder.file, (await stat(folder.file)).mode),
  ]
}

function missing(certificate: Certificate, domains: readonly string[]): readonly Finding[] {
  const names = domains.filter((name) => !certificate.covers(name))
  if (names.length === 0) return [ok('certificate, TLS_DOMAIN', `It is for ${domains.join(', ')}.`)]
  return [
    warning(
      'certificate, TLS_DOMAIN',
      `It is not for ${names.join(', ')} yet.`,
      'A server that starts asks for another; if it has, its log says why there is none.',
    ),
  ]
}

/** Whether each name leads anywhere: the authority looks for its proof there. */
const addresses = (domains: readonly string[]): Promise<readonly Finding[]> =>
  Promise.all(
    domains.map(async (name) => {
      const found = await lookup(name, { all: true }).catch(() => [])
      const where = found.map(({ address }) => address).join(', ')
      if (where !== '') return ok('certificate, address', `${name} leads to ${where}.`)
      return warning(
        'certificate, address',
        `${name} has no address.`,
        'The authority finds no server there: have DNS lead the name to this machine, or correct TLS_DOMAIN.',
      )
    }),
  )

function end({ expiresAtMs }: Certificate, remedy: string): Finding {
  const days = Math.floor((expiresAtMs - Date.now()) / DAY_MS)
  const found = `It can be served, and runs out on ${dayOf(expiresAtMs)}, in ${days} ${days === 1 ? 'day' : 'days'}.`
  if (days >= SOON_DAYS) return ok('certificate', found)
  return warning('certificate', found, remedy)
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
