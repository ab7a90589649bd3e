import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import { CommandEnd } from '../../lib/command-end.ts'
import { parsePostgresAddress } from '../../lib/postgres-address.ts'
import { Progress } from '../../lib/progress.ts'
import { agreedSecrets, readSecrets, SECRETS } from '../../secrets/index.ts'
import { isDigest, openCopyConnection } from '../endpoints.ts'
import { FILES, type Manifest, requireContent } from './manifest.ts'
import type { PostgresTools } from './postgres-tool.ts'
import { requireSum } from './sum.ts'

interface Restoring {
  readonly url: string
  readonly directory: string
  readonly manifest: Manifest
  /** Puts the files in place, before the database has a row that names one. */
  readonly copyFiles: (digests: readonly string[]) => Promise<void>
  readonly tools: PostgresTools
  readonly signal: AbortSignal
}

/**
 * Has pg_restore put a dump into an empty database, in one transaction, and compares what is there then with the
 * manifest. Throws `CommandEnd`, `StoreRefusal`.
 */
export async function restorePostgres(restoring: Restoring): Promise<void> {
  const { url, directory, manifest, copyFiles, tools, signal } = restoring
  const connection = await openCopyConnection(url)
  try {
    await connection.requireEmpty()
    const wanted = manifest.postgres?.schemaName ?? ''
    if (connection.schemaName !== wanted) throw otherSchema(directory, wanted, connection.schemaName)
    await tools.require('pg_restore', connection.version)
    await requireSum({ directory, name: FILES.secrets, ...manifest.files.secrets }, { signal })
    const progress = new Progress('checking', manifest.files.database.bytes, process.stderr, 'bytes')
    const { database } = manifest.files
    const file = await requireSum({ directory, ...database }, { onBytes: progress.advance, signal })
    progress.end()
    await copyFiles(await digestsIn(directory, manifest, signal))
    await load(file, restoring)
    requireContent(directory, manifest, await connection.content())
    const secrets = agreedSecrets(await connection.agreed(SECRETS))
    if (!isDeepStrictEqual(secrets, readSecrets(directory)))
      throw new CommandEnd(`${directory} holds other secrets than its database: use another back-up.`)
    await connection.settle()
  } finally {
    await connection.close()
  }
}

/** Digests of the contents that a dump's files have, which the dump alone could tell only once restored. */
export async function digestsIn(
  directory: string,
  { files: { contents } }: Manifest,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (!contents) throw new CommandEnd(`${join(directory, FILES.manifest)} is damaged: use another back-up.`)
  const file = await requireSum({ directory, ...contents }, { signal })
  return readFileSync(file, 'latin1').split('\n').filter(isDigest)
}

async function load(file: string, { url, manifest, tools }: Restoring): Promise<void> {
  const progress = new Progress('restoring', manifest.files.database.bytes, process.stderr, 'bytes')
  const counting = new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      progress.advance(piece.length)
      done(null, piece)
    },
    flush: (done) => {
      progress.end()
      process.stderr.write('restoring  indexes and rules\n')
      done()
    },
  })
  const name = parsePostgresAddress(url).database.replace(/[\\']/g, '\\$&')
  const kept = `--schema=${manifest.postgres?.schemaName}`
  const whole = [
    '--format=custom',
    '--exit-on-error',
    '--single-transaction',
    '--no-owner',
    '--no-privileges',
  ]
  const args = [...whole, '--no-password', kept, `--dbname=dbname='${name}'`]
  await tools.run('pg_restore', { args, url, input: createReadStream(file).pipe(counting) })
}

const otherSchema = (directory: string, wanted: string, found: string): CommandEnd =>
  new CommandEnd(
    `${directory} has the tables of schema ${wanted}, and DATABASE_URL leads to schema ${found}: name the first in it, as in ?search_path=${wanted}.`,
  )
