import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { domainToASCII } from 'node:url'
import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'
import type { Database } from './engines.ts'
import { absolute, isPath } from './files.ts'

/** A certificate that the server itself gets from an authority, by ACME, and renews. */
export interface AcmeSettings {
  readonly kind: 'acme'
  /** Names that the certificate is for, as DNS has them; the first is where plain http is sent on to. */
  readonly domains: readonly string[]
  /** The address that the authority may write to. */
  readonly email: string | undefined
  /** Address of the authority's ACME directory. */
  readonly directory: string
  /** Port of `HOST` at which the authority looks for proofs; the world must reach it as port 80. */
  readonly challengePort: number
  /** The folder of the certificate, its key and that of the account. */
  readonly folder: string
}

const NEEDS_DOMAIN = ['TLS_EMAIL', 'TLS_DIRECTORY', 'TLS_CHALLENGE_PORT'] as const
export type AcmeSetting = 'TLS_DOMAIN' | 'TLS_FOLDER' | (typeof NEEDS_DOMAIN)[number]

type Settings = SettingsReader<AcmeSetting>

const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory'
/** Names in one certificate: Let's Encrypt takes no more. */
const MOST_DOMAINS = 100

export function acmeOf(settings: Settings, database: Database): AcmeSettings | undefined {
  const text = settings.text('TLS_DOMAIN')
  const folder = certificatesDirectoryOf(settings, database)
  if (text !== undefined)
    return {
      kind: 'acme',
      domains: domainsOf(text),
      email: emailOf(settings),
      directory: directoryOf(settings),
      challengePort: settings.integer('TLS_CHALLENGE_PORT', { from: 1, to: 65_535 }) ?? 80,
      folder,
    }
  const alone = NEEDS_DOMAIN.find((name) => settings.text(name) !== undefined)
  if (alone === undefined) return undefined
  throw new SettingRefusal(`${alone} needs TLS_DOMAIN beside it, which names the host of the certificate.`)
}

function domainsOf(text: string): readonly string[] {
  const domains = [...new Set(text.split(',').map((entry) => domainOf(entry.trim())))]
  if (domains.length <= MOST_DOMAINS) return domains
  throw new SettingRefusal(
    `TLS_DOMAIN has ${domains.length} names, and a certificate takes ${MOST_DOMAINS}; leave some out.`,
  )
}

const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/

function domainOf(entry: string): string {
  if (entry.startsWith('*.'))
    throw new SettingRefusal(
      `TLS_DOMAIN has "${entry}", and no server can prove all names by http; write each name, or set TLS_CERT and TLS_KEY.`,
    )
  // A name such as bücher.example is known to DNS in another form.
  const name = domainToASCII(entry)
  if (isIP(entry) === 0 && name.length <= 253 && name.split('.').every((label) => LABEL.test(label)))
    return name
  throw new SettingRefusal(
    `TLS_DOMAIN has "${entry}" where the name of a host belongs, such as chat.example.org.`,
  )
}

function emailOf(settings: Settings): string | undefined {
  const email = settings.text('TLS_EMAIL')
  if (email === undefined || /^[^\s@,?]+@[^\s@,?]+$/.test(email)) return email
  throw new SettingRefusal(`TLS_EMAIL is "${email}"; write one address, such as admin@example.org.`)
}

function directoryOf(settings: Settings): string {
  const text = settings.text('TLS_DIRECTORY') ?? LETS_ENCRYPT
  if (URL.parse(text)?.protocol === 'https:') return text
  throw new SettingRefusal(
    `TLS_DIRECTORY is "${text}"; write the https address of an ACME directory, such as ${LETS_ENCRYPT}.`,
  )
}

/** Beside the database's file; in the working directory where the database is a server, which other nodes have too. */
export function certificatesDirectoryOf(settings: SettingsReader<'TLS_FOLDER'>, database: Database): string {
  const path = settings.text('TLS_FOLDER')
  if (path === undefined)
    return database.kind === 'sqlite'
      ? join(database.directory, 'certificates')
      : resolve('.data/certificates')
  if (isPath(path)) return absolute(path)
  throw new SettingRefusal(`TLS_FOLDER is "${path}"; write the path of a folder, such as .data/certificates.`)
}
