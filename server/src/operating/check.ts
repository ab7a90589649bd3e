import { type Config, type Environment, SETTING_NAMES, shownDatabase, unreadNames } from '../config/index.ts'
import { shownAddress } from '../lib/server-address.ts'
import { type Cell, printRows, type Row } from './rows.ts'

interface Check {
  readonly config: Config
  readonly environment: Environment
  readonly asJson: boolean
}

/**
 * Prints every setting as `start` has read it, without starting: what was given, and what holds. Secrets and the
 * passwords of addresses are not shown. Throws `CommandEnd`.
 */
export async function checkSettings({ config, environment, asJson }: Check): Promise<void> {
  const given = SETTING_NAMES.filter((name) => environment[name] !== undefined && environment[name] !== '')
  const unread = unreadNames(environment)
  const rows: Row[] = [
    ...given.map((name) => ({ what: 'given', name, value: hidden(name, environment[name] ?? '') })),
    ...unread.map((name) => ({ what: 'not read', name, value: 'no setting of this server' })),
    ...facts(config),
  ]
  await printRows([rows], { asJson, nothing: '' })
}

/** Names of what nobody may read over a shoulder. */
const SECRET = /secret|password$|token$|_key$|headers$/i
/** The path of a file that holds a secret, which an operator has to see to find a slip in it. */
const PATH_OF_SECRET = 'TLS_KEY'
const PASSWORD_IN_ADDRESS = /(:\/\/[^/?#]*?:)[^/?#]*@/

const hidden = (name: string, value: string): string =>
  SECRET.test(name) && name !== PATH_OF_SECRET
    ? `(hidden, ${value.length} characters)`
    : value.replace(PASSWORD_IN_ADDRESS, '$1(hidden)@')

/** Everything that can be set, one value a row. */
function facts({ database, redisUrl, passwordCost: _, ...config }: Config): readonly Row[] {
  const shown = {
    ...config,
    database: shownDatabase(database),
    redisUrl: redisUrl === undefined ? undefined : shownAddress(redisUrl),
  }
  return valuesOf(shown, '').map(([name, value]) => ({ what: 'holds', name, value }))
}

function valuesOf(value: unknown, path: string): readonly (readonly [string, Cell])[] {
  if (value === undefined || value === null) return [[path, null]]
  if (typeof value === 'string') return [[path, hidden(path, value)]]
  if (typeof value === 'number' || typeof value === 'boolean') return [[path, value]]
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object'))
    return [[path, value.map((each) => hidden(path, String(each))).join(', ') || null]]
  const parts = Object.entries(value as object)
  if (parts.length === 0) return [[path, null]]
  return parts.flatMap(([name, part]) => valuesOf(part, path === '' ? name : `${path}.${name}`))
}
