import { open } from 'node:fs/promises'
import { CertificateRefusal, type Names, type Pair } from './certificate.ts'

/** The settings of the two files, by what they hold. */
const PAIR_SETTINGS = { cert: 'TLS_CERT', key: 'TLS_KEY' } as const

/** Bytes of a file: a chain of certificates has some 10 KB. */
const MOST_BYTES = 256 * 1024

/** The two files by the settings that name them, as sentences call them. */
export const namesOf = ({ cert, key }: Pair): Names => ({
  cert: `${cert} (${PAIR_SETTINGS.cert})`,
  key: `${key} (${PAIR_SETTINGS.key})`,
})

/** The texts of both files; symbolic links are followed. Throws `CertificateRefusal`. */
export async function readPair(files: Pair): Promise<Pair> {
  const names = namesOf(files)
  // One after the other: of two faults the same is told each time.
  const cert = await readText(files.cert, names.cert)
  return { cert, key: await readText(files.key, names.key) }
}

async function readText(file: string, name: string): Promise<string> {
  try {
    await using handle = await open(file)
    if (!(await handle.stat()).isFile())
      throw new CertificateRefusal(`${name} is no file; name a file in PEM.`)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MOST_BYTES + 1), 0, MOST_BYTES + 1, 0)
    if (bytesRead > MOST_BYTES)
      throw new CertificateRefusal(`${name} has more than ${MOST_BYTES / 1024} KiB; name a file in PEM.`)
    return buffer.toString('latin1', 0, bytesRead)
  } catch (error) {
    if (error instanceof CertificateRefusal) throw error
    throw new CertificateRefusal(`${name} ${faultOf(error)}.`, { cause: error })
  }
}

const FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there; write the path of a file in PEM',
  EACCES: "may not be read by the server's user; make that user its owner, with mode 600",
}

function faultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return FAULTS[code] ?? `cannot be read (${code}); write the path of a file in PEM`
}
