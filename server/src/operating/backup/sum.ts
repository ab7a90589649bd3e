import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { CommandEnd } from '../../lib/command-end.ts'
import { fileRefusal } from '../../lib/file-refusal.ts'
import { plainFile } from './plain-file.ts'

/** Size and digest of a file. */
export interface FileSum {
  readonly bytes: number
  /** Hexadecimal, so that `sha256sum` can be compared with it. */
  readonly sha256: string
}

interface Reading {
  /** Gets the size of each piece that was read. */
  readonly onBytes?: (count: number) => void
  /** Its reason is thrown between two pieces. */
  readonly signal: AbortSignal
}

/** Reads a file through. */
export async function sumOf(file: string, { onBytes, signal }: Reading): Promise<FileSum> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) {
    signal.throwIfAborted()
    hash.update(piece)
    bytes += piece.length
    onBytes?.(piece.length)
  }
  return { bytes, sha256: hash.digest('hex') }
}

interface Wanted extends FileSum {
  readonly directory: string
  readonly name: string
}

/** Reads a file of a back-up through, and answers its path. Throws `CommandEnd` where it is not as its manifest says. */
export async function requireSum({ directory, name, ...wanted }: Wanted, reading: Reading): Promise<string> {
  const file = plainFile(directory, name)
  const found = await sumOf(file, reading).catch((error) => {
    throw fileRefusal(error, file, 'read')
  })
  if (found.bytes === wanted.bytes && found.sha256 === wanted.sha256) return file
  throw new CommandEnd(`${file} is not as the manifest says: it was cut or changed, use another back-up.`)
}
