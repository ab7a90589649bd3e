import type { Server } from 'node:net'
import { SettingRefusal } from '../lib/settings.ts'
import { listen } from '../transport/index.ts'

export interface Place {
  readonly host: string
  readonly port: number
  /** Names of the settings of the port and of the host. */
  readonly settings: { readonly port: string; readonly host: string }
}

/** Listens and answers the port. Throws `SettingRefusal` when the setting is at fault. */
export async function listenOrRefuse(server: Server, place: Place): Promise<number> {
  try {
    return await listen(server, place.host, place.port)
  } catch (error) {
    throw refusal(error, place)
  }
}

const PORT_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program; stop it or choose another port with',
  EACCES: 'may not be opened by this user; choose one above 1023 with',
  EADDRNOTAVAIL: 'is not an address of this machine; choose another with',
  ENOTFOUND: 'is a name without an address; write an address of this machine in',
}

function refusal(error: unknown, { host, port, settings }: Place): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const fault = PORT_FAULTS[code]
  if (!fault) return error
  const name = code === 'EADDRINUSE' || code === 'EACCES' ? settings.port : settings.host
  return new SettingRefusal(`${host}:${port} ${fault} ${name}.`, { cause: error })
}
