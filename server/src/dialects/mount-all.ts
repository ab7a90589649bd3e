import { newTally } from '../lib/tally.ts'
import type { Dialect, RawDialect } from './dialect.ts'
import type { DialectParts } from './dialect-row.ts'
import type { DialectName } from './names.ts'
import { DIALECTS, type DialectSettings } from './table.ts'

export type MountedDialect = Dialect | RawDialect

/** Loads and mounts these dialects, and answers them in the same order. */
export async function mountAll(
  names: readonly DialectName[],
  settings: DialectSettings,
  parts: Omit<DialectParts, 'tally'>,
): Promise<readonly MountedDialect[]> {
  const all = await Promise.all(names.map((name) => mount(name, settings, parts)))
  // Requests reach Fastify past its own listener, which is what would wait for this.
  await Promise.all(all.map(({ http }) => http?.ready()))
  return all
}

const mount = <Name extends DialectName>(
  name: Name,
  settings: Pick<DialectSettings, Name>,
  parts: Omit<DialectParts, 'tally'>,
): Promise<Dialect<Name> | RawDialect<Name>> => {
  const tally = newTally()
  parts.metrics.watchDialect(name, tally)
  const messages = parts.chat.messages.telling(() => {
    tally.sent++
  })
  return DIALECTS[name].mount({ ...parts, tally, chat: { ...parts.chat, messages } }, settings[name])
}
