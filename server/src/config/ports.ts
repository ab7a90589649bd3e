import { DIALECT_NAMES, type DialectName } from '../dialects/names.ts'
import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'
import type { Config } from './config.ts'

export function dedicatedPortsOf(
  settings: SettingsReader,
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

export function tcpPortOf(settings: SettingsReader, dialects: readonly DialectName[]): number | null {
  const port = settings.integer('ROOMS_TCP_PORT', { from: 0, to: 65_535 }) ?? 2004
  return port === 0 || !dialects.includes('rooms') ? null : port
}

export function refuseContradictions({ port, dedicatedPorts, rooms, channels, pusher }: Config): void {
  if (channels.endsWithToken && pusher.cluster) {
    throw new SettingRefusal(
      'CHANNELS_END_WITH_TOKEN ends connections of the built-in Pusher server, which PUSHER_CLUSTER turns off; set one of the two.',
    )
  }
  const taken = new Map<number, string>([[port, 'PORT']])
  const entries: (readonly [number, string])[] = dedicatedPorts.map((entry) => [
    entry.port,
    `PARLANCE_PORTS (${entry.dialect})`,
  ])
  if (rooms.tcpPort !== null) entries.push([rooms.tcpPort, 'ROOMS_TCP_PORT'])
  for (const [number, name] of entries) {
    const other = taken.get(number)
    if (other && number !== 0)
      throw new SettingRefusal(`${other} and ${name} both take port ${number}; give each its own.`)
    taken.set(number, name)
  }
}
