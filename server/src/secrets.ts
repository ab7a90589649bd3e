import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeDirectory } from './lib/directory.ts'
import { newSecret } from './lib/ids.ts'
import { SettingRefusal } from './lib/settings.ts'

/** What only this server may know, or only the nodes of one cluster; made on the first start. */
export interface Secrets {
  /** Root of the keys that sign tokens, one derived per purpose. */
  readonly root: string
  readonly jwtSecret: string
  readonly pusherAppId: string
  readonly pusherKey: string
  readonly pusherSecret: string
}

const FILE = 'secrets.json'
/** The name under which the nodes of a database agree on them. */
export const SECRETS = 'secrets'
const OWNER_ONLY = 0o600

/** Reads the data directory's secrets, or makes them: 256 random bits each, readable by the owner only. */
export function loadSecrets(dataDirectory: string): Secrets {
  const file = join(dataDirectory, FILE)
  writeUnlessThere(file, newSecrets())
  return parse(file)
}

/** Those that are there. */
export function readSecrets(dataDirectory: string): Secrets {
  const file = join(dataDirectory, FILE)
  if (existsSync(file)) return parse(file)
  throw new SettingRefusal(
    `The database's secrets are missing: put ${file} back, or start the server once to have new ones made, which ends all log-ins.`,
  )
}

/** Gives the data directory these secrets. Refuses one that has others, which another database may need. */
export function keepSecrets(dataDirectory: string, secrets: Secrets): void {
  const file = join(dataDirectory, FILE)
  writeUnlessThere(file, secrets)
  const kept = parse(file)
  if (NAMES.every((name) => kept[name] === secrets[name])) return
  throw new SettingRefusal(
    `${file} holds other secrets than those that came: move it away if no other database needs it, or choose another directory with DATABASE_URL or DBPATH.`,
  )
}

function writeUnlessThere(file: string, secrets: Secrets): void {
  try {
    makeDirectory(dirname(file))
    // Fails when the file exists: two servers that start at once must not both write.
    writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, {
      mode: OWNER_ONLY,
      flag: 'wx',
      flush: true,
    })
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    throw new SettingRefusal(
      `The secrets cannot be written to ${file} (${codeOf(error)}); make the directory writable or choose another with DATABASE_URL or DBPATH.`,
      { cause: error },
    )
  }
}

/**
 * The secrets of all nodes that share a database. `agreeOn` keeps the value that is proposed first, and
 * answers with the one that is kept.
 */
export async function agreeOnSecrets(
  agreeOn: (name: string, proposal: string) => Promise<string>,
): Promise<Secrets> {
  return agreedSecrets(await agreeOn(SECRETS, JSON.stringify(newSecrets())))
}

/** From the text that the nodes have agreed on; undefined where none has started yet. */
export function agreedSecrets(text = 'null'): Secrets {
  const secrets = parseSecrets(JSON.parse(text))
  if (secrets) return secrets
  throw new SettingRefusal(
    "The secrets in the database cannot be read; restore the row 'secrets' of its table settings, or delete it to have new ones made, which ends all log-ins.",
  )
}

function newSecrets(): Secrets {
  return {
    root: newSecret(),
    jwtSecret: newSecret(),
    pusherAppId: String(randomInt(100_000, 10_000_000)),
    pusherKey: newSecret().replace(/[-_]/g, '').slice(0, 20),
    pusherSecret: newSecret(),
  }
}

function parse(file: string): Secrets {
  const refusal = `The secrets in ${file} cannot be read; restore the file, or delete it to have new ones made, which ends all log-ins.`
  try {
    const secrets = parseSecrets(JSON.parse(readFileSync(file, 'utf8')))
    if (secrets) return secrets
  } catch (error) {
    throw new SettingRefusal(refusal, { cause: error })
  }
  throw new SettingRefusal(refusal)
}

const NAMES = [
  'root',
  'jwtSecret',
  'pusherAppId',
  'pusherKey',
  'pusherSecret',
] as const satisfies readonly (keyof Secrets)[]

/** Undefined: they are not all there. */
export const parseSecrets = (value: unknown): Secrets | undefined => (isSecrets(value) ? value : undefined)

const isSecrets = (value: unknown): value is Secrets =>
  typeof value === 'object' &&
  value !== null &&
  NAMES.every((name) => typeof Reflect.get(value, name) === 'string' && Reflect.get(value, name) !== '')

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
