import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'
import { type AcmeSetting, type AcmeSettings, acmeOf } from './acme.ts'
import type { Database } from './engines.ts'
import { absolute, isPath } from './files.ts'

/** Paths of a certificate and of its private key, in PEM. */
interface TlsFiles {
  readonly kind: 'files'
  readonly cert: string
  readonly key: string
}

/** Where the certificate comes from with which the server speaks TLS. */
export type TlsSettings = TlsFiles | AcmeSettings

type TlsSetting = 'TLS_CERT' | 'TLS_KEY'

export function tlsOf(
  settings: SettingsReader<TlsSetting | AcmeSetting>,
  database: Database,
): TlsSettings | undefined {
  const files = filesOf(settings)
  const acme = acmeOf(settings, database)
  if (files && acme)
    throw new SettingRefusal(
      'TLS_DOMAIN and TLS_CERT both give the server a certificate; write only one of them.',
    )
  return files ?? acme
}

function filesOf(settings: SettingsReader<TlsSetting>): TlsFiles | undefined {
  const cert = fileOf(settings, 'TLS_CERT')
  const key = fileOf(settings, 'TLS_KEY')
  if (cert !== undefined && key !== undefined) return { kind: 'files', cert, key }
  if (cert === undefined && key === undefined) return undefined
  const [given, missing] = cert === undefined ? ['TLS_KEY', 'TLS_CERT'] : ['TLS_CERT', 'TLS_KEY']
  throw new SettingRefusal(`${given} needs ${missing} beside it: a certificate and its key belong together.`)
}

function fileOf(settings: SettingsReader<TlsSetting>, name: TlsSetting): string | undefined {
  const path = settings.text(name)
  if (path === undefined) return undefined
  if (!isPath(path) || /[/\\]$/.test(path))
    throw new SettingRefusal(
      `${name} is "${path}"; write the path of a file, such as /etc/parlance/${EXAMPLES[name]}.`,
    )
  return absolute(path)
}

const EXAMPLES = { TLS_CERT: 'fullchain.pem', TLS_KEY: 'privkey.pem' } as const
