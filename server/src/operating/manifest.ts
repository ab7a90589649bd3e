import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandEnd } from '../lib/command-end.ts'
import type { CopiedDatabase } from './endpoints.ts'

/** Files in a back-up's folder. The manifest is written last: a folder without it is no whole back-up. */
export const FILES = {
  database: 'parlance.db',
  secrets: 'secrets.json',
  manifest: 'manifest.json',
  /** A folder as `FILES_DIR` names one, with the contents of uploaded files. */
  uploads: 'files',
} as const

const FORMAT = 'parlance-backup'
const VERSION = 1

/** Size and digest of a back-up's file, as it was written. */
export interface FileSum {
  readonly bytes: number
  /** Hexadecimal, so that `sha256sum` can be compared with it. */
  readonly sha256: string
}

/** The contents of a back-up, by which a restore checks it. */
export interface Manifest extends CopiedDatabase {
  /** ISO 8601, UTC. */
  readonly madeAt: string
  readonly files: { readonly database: FileSum; readonly secrets: FileSum }
  /** Contents of uploaded files, each named by its digest. Absent in back-ups by older versions, which had none. */
  readonly uploads?: { readonly contents: number; readonly bytes: number }
}

export const manifestText = (manifest: Manifest): string =>
  `${JSON.stringify({ format: FORMAT, version: VERSION, ...manifest }, null, 2)}\n`

/** Throws `CommandEnd` for a folder that is no whole back-up. */
export function readManifest(directory: string): Manifest {
  const file = join(directory, FILES.manifest)
  if (!existsSync(file))
    throw new CommandEnd(
      `${directory} is no back-up, or one that was not finished: it has no ${FILES.manifest}.`,
    )
  const value = parsed(file)
  if (value?.format !== FORMAT) throw new CommandEnd(`${file} is no manifest of a back-up.`)
  if (value.version !== VERSION)
    throw new CommandEnd(`${file} is of form ${value.version}, and this version reads form ${VERSION}.`)
  if (!isManifest(value)) throw new CommandEnd(`${file} is damaged: use another back-up.`)
  return value
}

function parsed(file: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isRecord(value) ? value : undefined
  } catch (error) {
    throw new CommandEnd(`${file} cannot be read: use another back-up.`, { cause: error })
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isFileSum = (value: unknown): value is FileSum =>
  isRecord(value) && typeof value.bytes === 'number' && typeof value.sha256 === 'string'

function isManifest(value: Record<string, unknown>): value is Record<string, unknown> & Manifest {
  const { files, counts, schema, madeAt, uploads } = value
  const isUploads = uploads === undefined || (isRecord(uploads) && typeof uploads.contents === 'number')
  const hasFiles = isRecord(files) && isFileSum(files.database) && isFileSum(files.secrets)
  return hasFiles && isUploads && isRecord(counts) && typeof schema === 'number' && typeof madeAt === 'string'
}

/** Reads a file through. `onBytes` gets the size of each piece; the signal's reason is thrown between two pieces. */
export async function sumOf(
  file: string,
  { onBytes, signal }: { onBytes: (count: number) => void; signal: AbortSignal },
): Promise<FileSum> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) {
    signal.throwIfAborted()
    hash.update(piece)
    bytes += piece.length
    onBytes(piece.length)
  }
  return { bytes, sha256: hash.digest('hex') }
}
