import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileRefusal } from '../../../lib/file-refusal.ts'
import { documentsIn } from '../json-documents.ts'

const EXPORTED = /\.(json|jsonl|ndjson)$/i
const PIECE_BYTES = 256 * 1024

export interface ExportFile {
  readonly path: string
  readonly bytes: number
}

interface ExportDocument {
  readonly document: object
  /** The file's name and the document's number in it, from 1. */
  readonly place: string
}

/** The files of `mongoexport` in a folder, by name, or the one file. Throws `CommandEnd` for what cannot be read. */
export async function exportFiles(source: string): Promise<readonly ExportFile[]> {
  try {
    const isFolder = (await stat(source)).isDirectory()
    const names = isFolder ? (await readdir(source)).filter((name) => EXPORTED.test(name)).sort() : []
    const paths = isFolder ? names.map((name) => join(source, name)) : [source]
    const found = await Promise.all(paths.map(async (path) => ({ path, stats: await stat(path) })))
    return found.flatMap(({ path, stats }) => (stats.isFile() ? [{ path, bytes: stats.size }] : []))
  } catch (error) {
    throw fileRefusal(error, source, 'read')
  }
}

/** The documents of a file one by one, whether it is a list of them or has one a line. */
export async function* exportedIn(
  { path }: ExportFile,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<ExportDocument> {
  let number = 0
  try {
    for await (const document of documentsIn(piecesOf(path, onBytes), path)) {
      number += 1
      yield { document, place: `${basename(path)}, document ${number}` }
    }
  } catch (error) {
    throw fileRefusal(error, path, 'read')
  }
}

async function* piecesOf(path: string, onBytes: (bytes: number) => void): AsyncGenerator<string> {
  for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: PIECE_BYTES })) {
    const text = String(piece)
    yield text
    onBytes(Buffer.byteLength(text))
  }
}
