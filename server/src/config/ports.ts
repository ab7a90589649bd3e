import { DIALECT_NAMES, DIALECTS, type DialectName } from '../dialects/index.ts'
import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'
import type { Config } from './config.ts'
import { type OwnSettings, rawTcpNames } from './names.ts'

export function dedicatedPortsOf(
  settings: OwnSettings,
  dialects: readonly DialectName[],
): Config['dedicatedPorts'] {
  const text = settings.text('PARLANCE_PORTS')
  if (!text) return []
  const ports = text.split(',').map((entry) => {
    const [name, port, ...rest] = entry.trim().split(':')
    const dialect = DIALECT_NAMES.find((known) => known === name)
    const number = /^\d{1,5}$/.test(port ?? '') ? Number(port) : -1
    if (!dialect || number < 0 || number > 65_535 || rest.length > 0) {
      throw new SettingRefusal(
        `PARLANCE_PORTS has "${entry.trim()}" where a dialect and a port belong, such as chatapp:8001; the dialects are ${DIALECT_NAMES.join(', ')}.`,
      )
    }
    if (!dialects.includes(dialect)) {
      throw new SettingRefusal(
        `PARLANCE_PORTS gives ${dialect} a port, but PARLANCE_DIALECTS leaves it out; add it there or drop its port.`,
      )
    }
    return { dialect, port: number }
  })
  const twice = ports.find(({ dialect }, n) => ports.slice(0, n).some((other) => other.dialect === dialect))
  if (twice) throw new SettingRefusal(`PARLANCE_PORTS gives ${twice.dialect} two ports; drop one of them.`)
  return ports
}

/** Where raw TCP listens, for each dialect that takes it and is on. Port 0 in the setting turns it off. */
export const rawPortsOf = (settings: SettingsReader, dialects: readonly DialectName[]): Config['rawPorts'] =>
  DIALECT_NAMES.flatMap((dialect) => {
    const { rawTcp } = DIALECTS[dialect]
    if (rawTcp === 'none') return []
    const names = rawTcpNames(dialect)
    const port = settings.integer(names.port, { from: 0, to: 65_535 }) ?? rawTcp.defaultPort ?? 0
    const host = settings.text(names.host) ?? '127.0.0.1'
    return port === 0 || !dialects.includes(dialect) ? [] : [{ dialect, port, host }]
  })

export function refuseSharedPorts({ port, tls, dedicatedPorts, rawPorts }: Config): void {
  const taken = new Map<number, string>([[port, 'PORT']])
  const entries = [
    ...dedicatedPorts.map((entry) => [entry.port, `PARLANCE_PORTS (${entry.dialect})`] as const),
    ...rawPorts.map((entry) => [entry.port, rawTcpNames(entry.dialect).port] as const),
    ...(tls?.kind === 'acme' ? [[tls.challengePort, 'TLS_CHALLENGE_PORT'] as const] : []),
  ]
  for (const [number, name] of entries) {
    const other = taken.get(number)
    if (other && number !== 0)
      throw new SettingRefusal(`${other} and ${name} both take port ${number}; give each its own.`)
    taken.set(number, name)
  }
}
