/**
 * Whether Kubernetes (service links) or Docker (links) puts this variable into every container beside a service. For
 * a service called `rooms-db`, such variables begin with ROOMS_DB.
 */
export const isServiceLink = (name: string, value: string): boolean =>
  LINK_NAME.test(name) || isLinkedPort(name, value) || (name.endsWith('_NAME') && value.startsWith('/'))

/** `_SERVICE_PORT_HTTP` has a port's name. Docker adds `_START` and `_END` of a range, and the other's environment. */
const LINK_NAME =
  /_SERVICE_HOST$|_SERVICE_PORT(?:_[A-Z0-9_]+)?$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR|START|END|PORT_START|PORT_END))?$|_ENV_./

/** Whether it is a service's address (`tcp://10.0.0.1:2004`) whose name may be a setting's, such as ROOMS_TCP_PORT. */
export const isLinkedPort = (name: string, value: string): boolean =>
  name.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(value)

/** Letters that may be wrong, missing, too many or swapped. */
const MAX_SLIPS = 2

/** The setting that somebody who wrote this name most likely meant; undefined if none is near. */
export function nearestSetting(name: string, settings: readonly string[]): string | undefined {
  const ranked = settings
    .map((setting) => ({ setting, slips: slipsBetween(bare(name), bare(setting)) }))
    .sort((a, b) => a.slips - b.slips)
  const [closest] = ranked
  if (closest && closest.slips <= MAX_SLIPS) return closest.setting
  return ranked.find(({ setting }) => hasSameWords(name, setting))?.setting
}

const bare = (name: string): string => name.replaceAll('_', '')

/** Whether the words of one name are among the other's, in any order: ROOMS_HISTORY, PUSHER_APP_KEY. */
function hasSameWords(name: string, setting: string): boolean {
  const [given, known] = [new Set(name.split('_')), new Set(setting.split('_'))]
  const isEnough = given.size > 1 && known.size > 1
  return isEnough && (given.isSubsetOf(known) || known.isSubsetOf(given))
}

/** Edits that turn one into the other, a swap of neighbours counting as one (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwap ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min(replaced, at(last, j) + 1, at(row, j - 1) + 1, swapped))
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY
