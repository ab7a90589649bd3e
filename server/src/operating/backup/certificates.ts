import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { areWhole, CertificateFolder, type KeptTexts } from '../../certificates/index.ts'
import { CommandEnd } from '../../lib/command-end.ts'
import { fileRefusal } from '../../lib/file-refusal.ts'
import { parseJson } from '../../lib/json.ts'
import type { Manifest } from './manifest.ts'
import { requireSum, sumOf } from './sum.ts'
import { OWNER_ONLY, type Target } from './target.ts'

// The certificate of TLS_DOMAIN in a back-up: one file, as that of the server may be renewed at any time.

/** Copies what a server's folder keeps; undefined where that is nothing. Throws `CertificateRefusal`. */
export async function copyCertificates(folder: string, { work, nameOf }: Target, signal: AbortSignal) {
  const texts = new CertificateFolder(folder).texts()
  if (!texts) return undefined
  const name = nameOf('certificates')
  const file = join(work, name)
  await writeFile(file, `${JSON.stringify(texts, null, 2)}\n`, { mode: OWNER_ONLY, flush: true })
  return { name, ...(await sumOf(file, { signal })) }
}

/** The texts of a certificate in a back-up; undefined where it has none. Throws `CommandEnd` for one that is damaged. */
export async function certificatesIn(
  directory: string,
  { files: { certificates } }: Manifest,
  signal: AbortSignal,
): Promise<KeptTexts | undefined> {
  if (!certificates) return undefined
  const file = await requireSum({ directory, ...certificates }, { signal })
  const texts = parseJson(readFileSync(file, 'utf8'))
  if (areWhole(texts)) return texts
  throw new CommandEnd(`${file} holds no certificate of a server: use another back-up.`)
}

/** Puts what a back-up has of a certificate into a server's folder, where that has none. */
export async function restoreCertificates(
  directory: string,
  to: string,
  { manifest, signal }: { readonly manifest: Manifest; readonly signal: AbortSignal },
): Promise<void> {
  const texts = await certificatesIn(directory, manifest, signal)
  if (!texts) return
  try {
    new CertificateFolder(to).restore(texts)
  } catch (error) {
    throw fileRefusal(error, to, 'written')
  }
}
