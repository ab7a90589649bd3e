import { randomInt } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
const OWNER_ONLY = 0o600

/** Reads the data directory's secrets, or makes them: 256 random bits each, readable by the owner only. */
export function loadSecrets(dataDirectory: string): Secrets {
  const file = join(dataDirectory, FILE)
  try {
    makeDirectory(dataDirectory)
    // Fails when the file exists: two servers that start at once must not both write.
    writeFileSync(file, `${JSON.stringify(newSecrets(), null, 2)}\n`, { mode: OWNER_ONLY, flag: 'wx' })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      throw new SettingRefusal(
        `The secrets cannot be written to ${file} (${codeOf(error)}); make the directory writable or choose another with DATABASE_URL.`,
        { cause: error },
      )
    }
  }
  return parse(file)
}

/**
 * The secrets of all nodes that share a database. `agreeOn` keeps the value that is proposed first, and
 * answers with the one that is kept.
 */
export async function agreeOnSecrets(
  agreeOn: (name: string, proposal: string) => Promise<string>,
): Promise<Secrets> {
  const kept: unknown = JSON.parse(await agreeOn('secrets', JSON.stringify(newSecrets())))
  if (isSecrets(kept)) return kept
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
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (isSecrets(value)) return value
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

const isSecrets = (value: unknown): value is Secrets =>
  typeof value === 'object' &&
  value !== null &&
  NAMES.every((name) => typeof Reflect.get(value, name) === 'string' && Reflect.get(value, name) !== '')

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
