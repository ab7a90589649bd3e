import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { newUuid } from '../../src/lib/ids.ts'

const run = promisify(execFile)

interface CertificateForm {
  /** Days from now; by default it began yesterday and runs out in 90 days. */
  readonly days?: { readonly from: number; readonly to: number }
  /** As OpenSSL writes them: `DNS:localhost,IP:127.0.0.1`, which is the default. */
  readonly names?: string
}

/** Two files in PEM. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

const AUTHORITY = `
[ca]
default_ca = own
[own]
dir = .
database = index.txt
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
`

/** A certificate that signs itself, by OpenSSL's program, in a new folder under `folder`. */
export async function makeCertificate(folder: string, form: CertificateForm = {}): Promise<CertificateFiles> {
  const { days = { from: -1, to: 90 }, names = 'DNS:localhost,IP:127.0.0.1' } = form
  const cwd = join(folder, newUuid())
  await mkdir(cwd)
  await writeFile(join(cwd, 'ca.cnf'), AUTHORITY)
  await writeFile(join(cwd, 'index.txt'), '')
  const openssl = (words: string) => run('openssl', words.split(' '), { cwd })
  await openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem')
  await openssl(`req -new -key key.pem -out request.pem -subj /CN=parlance -addext subjectAltName=${names}`)
  const [from, to] = [days.from, days.to].map(timeOf)
  await openssl(
    `ca -batch -notext -selfsign -config ca.cnf -keyfile key.pem -in request.pem -out cert.pem -startdate ${from} -enddate ${to}`,
  )
  return { cert: join(cwd, 'cert.pem'), key: join(cwd, 'key.pem') }
}

const DAY_MS = 24 * 3_600_000
/** `20261201120000Z` */
const timeOf = (day: number): string =>
  new Date(Date.now() + day * DAY_MS).toISOString().replace(/[-:T]|\.\d+/g, '')

/** Writes one pair over the other, file after file. */
export async function overwrite(from: CertificateFiles, to: CertificateFiles): Promise<void> {
  await copyFile(from.cert, to.cert)
  await copyFile(from.key, to.key)
}

/** The texts of a pair. */
export async function textsOf({ cert, key }: CertificateFiles): Promise<{ cert: string; key: string }> {
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') }
}
