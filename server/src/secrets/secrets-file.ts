import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeDirectory } from '../lib/directory.ts'
import { SettingRefusal } from '../lib/settings.ts'
import { newSecrets, parseSecrets, SECRET_NAMES, type Secrets } from './secrets.ts'

const FILE = 'secrets.json'
const OWNER_ONLY = 0o600

/** Reads the data directory's secrets, or makes them: 256 random bits each, readable by the owner only. */
export function loadSecrets(dataDirectory: string): Secrets {
  const file = join(dataDirectory, FILE)
  writeUnlessThere(file, newSecrets())
  return parse(file)
}

/** Reads the data directory's secrets. Refuses where there are none. */
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
  if (SECRET_NAMES.every((name) => kept[name] === secrets[name])) return
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

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
