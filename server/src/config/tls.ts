import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'
import { absolute, isPath } from './files.ts'

/** Paths of a certificate and of its private key, in PEM. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

type TlsSetting = 'TLS_CERT' | 'TLS_KEY'

export function tlsOf(settings: SettingsReader<TlsSetting>): TlsFiles | undefined {
  const cert = fileOf(settings, 'TLS_CERT')
  const key = fileOf(settings, 'TLS_KEY')
  if (cert !== undefined && key !== undefined) return { cert, key }
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
