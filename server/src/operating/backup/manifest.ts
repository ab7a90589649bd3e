import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { CommandEnd } from '../../lib/command-end.ts'
import { type CopiedDatabase, isDigest } from '../endpoints.ts'
import { plainFile } from './plain-file.ts'
import type { FileSum } from './sum.ts'

/** Names in a back-up's folder. A folder without a manifest is no whole back-up. */
export const FILES = {
  secrets: 'secrets.json',
  manifest: 'manifest.json',
  /** A folder as `FILES_DIR` names one, with the contents of uploaded files. */
  uploads: 'files',
} as const

/** A file whose name the manifest says: that of a database is another in each back-up into the same folder. */
interface NamedSum extends FileSum {
  readonly name: string
}

/** The contents of a back-up, by which a restore checks it. */
export interface Manifest extends CopiedDatabase {
  /** ISO 8601, UTC. */
  readonly madeAt: string
  /** Milliseconds that it took. Absent in back-ups by older versions. */
  readonly tookMs?: number
  readonly files: {
    readonly database: NamedSum
    readonly secrets: FileSum
    /** The digests of the contents, one a line: only a database in SQLite can tell them. Absent for such a one. */
    readonly contents?: NamedSum
    /** The certificate of TLS_DOMAIN, and its keys. Absent where there is none, and in back-ups by older versions. */
    readonly certificates?: NamedSum
  }
  /** Facts of a database that was in PostgreSQL. Absent for one in SQLite. */
  readonly postgres?: { readonly schemaName: string }
  /** Contents of uploaded files, each named by its digest. Absent in back-ups by older versions, which had none. */
  readonly uploads?: {
    readonly contents: number
    readonly bytes: number
    /** Those that the database names and that were not there any more. */
    readonly missing?: number
  }
}

const FORMAT = 'parlance-backup'
/** The form that is written. Form 1 has no digest of itself, and one name for the database. */
const VERSION = 2
const NAME_IN_FORM_1 = 'parlance.db'
/** Bytes that a manifest has at most: it is read at once. */
const MAX_BYTES = 1 << 20

/** The text ends with its own digest, so that no byte of it can change unseen. */
export function manifestText(manifest: Manifest): string {
  const text = JSON.stringify({ format: FORMAT, version: VERSION, ...manifest }, null, 2)
  const sha256 = createHash('sha256').update(text).digest('hex')
  return `${text.slice(0, -'\n}'.length)},\n  "sha256": "${sha256}"\n}\n`
}

/** Reads the manifest of a folder. Throws `CommandEnd` for one that is no whole back-up. */
export function readManifest(directory: string): Manifest {
  const file = join(directory, FILES.manifest)
  if (!statSync(file, { throwIfNoEntry: false }))
    throw new CommandEnd(
      `${directory} is no back-up, or one that was not finished: it has no ${FILES.manifest}.`,
    )
  plainFile(directory, FILES.manifest)
  if (statSync(file).size > MAX_BYTES)
    throw new CommandEnd(`${file} is too long for a manifest of a back-up.`)
  return parseManifest(readFileSync(file, 'utf8'), file)
}

/** Throws `CommandEnd` for a text that is not one that `manifestText` has made. */
export function parseManifest(text: string, file: string): Manifest {
  const value = parsed(text, file)
  if (value?.format !== FORMAT) throw new CommandEnd(`${file} is no manifest of a back-up.`)
  const { format: _, version, sha256, ...rest } = value
  if (version === 1 && sha256 === undefined && isManifest(inForm2(rest))) return inForm2(rest) as never
  if (version !== VERSION && version !== 1)
    throw new CommandEnd(`${file} is of form ${version}, and this version reads form ${VERSION} at most.`)
  if (version === VERSION && isManifest(rest) && manifestText(rest) === text) return rest
  throw new CommandEnd(`${file} is damaged: use another back-up.`)
}

function parsed(text: string, file: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch (error) {
    throw new CommandEnd(`${file} cannot be read: use another back-up.`, { cause: error })
  }
}

function inForm2(value: Record<string, unknown>): Record<string, unknown> {
  const { files } = value
  if (!isRecord(files) || !isRecord(files.database)) return value
  return { ...value, files: { ...files, database: { ...files.database, name: NAME_IN_FORM_1 } } }
}

/** Names alone, never a way to another folder. */
const OWN_NAME = /^parlance(-[0-9A-Za-z]{1,32})?\.(db|dump|contents|certificates)$/

/** Whether a name is one that a manifest gives, to a database, a list of contents or a certificate. */
export const isOwnName = (name: string): boolean => OWN_NAME.test(name)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

const isFileSum = (value: unknown): value is FileSum =>
  isRecord(value) && isCount(value.bytes) && typeof value.sha256 === 'string' && isDigest(value.sha256)

const isNamedSum = (value: unknown): value is NamedSum =>
  isFileSum(value) && 'name' in value && typeof value.name === 'string' && isOwnName(value.name)

const isAbsentOrNamed = (value: unknown): boolean => value === undefined || isNamedSum(value)

const isUploads = (value: unknown): value is NonNullable<Manifest['uploads']> =>
  isRecord(value) && isCount(value.contents) && isCount(value.bytes) && isCount(value.missing ?? 0)

const isPostgres = (value: unknown): value is NonNullable<Manifest['postgres']> =>
  isRecord(value) && typeof value.schemaName === 'string'

function isManifest(value: Record<string, unknown>): value is Record<string, unknown> & Manifest {
  const { files, counts, schema, madeAt, tookMs = 0, uploads, postgres } = value
  const hasFiles = isRecord(files) && isNamedSum(files.database) && isFileSum(files.secrets)
  if (!isCount(tookMs) || (postgres !== undefined && !isPostgres(postgres))) return false
  if (isRecord(files) && ![files.contents, files.certificates].every(isAbsentOrNamed)) return false
  const hasCounts = isRecord(counts) && Object.values(counts).every(isCount) && isCount(schema)
  return hasFiles && hasCounts && typeof madeAt === 'string' && (uploads === undefined || isUploads(uploads))
}

/** Throws `CommandEnd` where a database holds other rows, or has another schema, than the manifest says. */
export function requireContent(directory: string, wanted: CopiedDatabase, found: CopiedDatabase): void {
  if (wanted.schema === found.schema && isDeepStrictEqual({ ...wanted.counts }, { ...found.counts })) return
  throw new CommandEnd(`${directory} holds other rows than its manifest says: use another back-up.`)
}
