import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDirectory, syncDirectory } from '../lib/directory.ts'
import { parseJson } from '../lib/json.ts'
import { type Certificate, CertificateRefusal, certificateOf, type Pair } from './certificate.ts'

/** A pair that an authority has made, with the address of its ACME directory. */
interface KeptPair extends Pair {
  readonly directory: string
}

/** The texts of the files of such a folder, as a back-up has them: either may not have been made yet. */
export interface KeptTexts {
  /** The account's key, in PEM. */
  readonly account?: string
  /** The certificate and its key. */
  readonly certificate?: string
}

const OWNER_ONLY = 0o600

/**
 * The folder in which a certificate that the server has got is kept, with its key and the key of the account at the
 * authority. Certificate and key are one file, so that no crash leaves two that do not fit.
 */
export class CertificateFolder {
  readonly path: string
  /** The file of the certificate and its key. */
  readonly file: string
  readonly #account: string

  constructor(path: string) {
    this.path = path
    this.file = join(path, 'certificate.json')
    this.#account = join(path, 'account.pem')
  }

  /** The key by which the authority knows this server, in PEM; made at the first call. Throws `CertificateRefusal`. */
  accountKey(): string {
    try {
      makeDirectory(this.path)
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      writeUnlessThere(this.#account, String(privateKey.export({ type: 'pkcs8', format: 'pem' })))
      return readFileSync(this.#account, 'utf8')
    } catch (error) {
      throw new CertificateRefusal(
        `${this.path} cannot hold the server's certificate (${codeOf(error)}); make it a folder that the server's user may write, or name another in TLS_FOLDER.`,
        { cause: error },
      )
    }
  }

  /** Undefined where nothing is kept. Throws `CertificateRefusal` where it cannot be read. */
  read(): KeptPair | undefined {
    try {
      const kept: unknown = JSON.parse(readFileSync(this.file, 'utf8'))
      if (isKept(kept)) return kept
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw new CertificateRefusal(unreadable(this.file), { cause: error })
    }
    throw new CertificateRefusal(unreadable(this.file))
  }

  /** The texts that are kept; undefined where there are none. Throws `CertificateRefusal` where it cannot be read. */
  texts(): KeptTexts | undefined {
    const [account, certificate] = [this.#textOf(this.#account), this.#textOf(this.file)]
    const texts = {
      ...(account !== undefined && { account }),
      ...(certificate !== undefined && { certificate }),
    }
    if (!areWhole(texts)) throw new CertificateRefusal(unreadable(this.path))
    return account === undefined && certificate === undefined ? undefined : texts
  }

  /** Puts texts in their places, where nothing is: what is there stays. Throws the system's error. */
  restore({ account, certificate }: KeptTexts): void {
    makeDirectory(this.path)
    if (account !== undefined) writeUnlessThere(this.#account, account)
    if (certificate !== undefined) writeUnlessThere(this.file, certificate)
    syncDirectory(this.path)
  }

  #textOf(file: string): string | undefined {
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw new CertificateRefusal(unreadable(file), { cause: error })
    }
  }

  /** The kept certificate. Throws `CertificateRefusal` where it cannot be served at `nowMs`. */
  certificateOf(pair: Pair, nowMs: number): Certificate {
    return certificateOf(pair, { cert: this.file, key: this.file }, nowMs)
  }

  /** Replaces what is kept: all of it, or nothing. Throws the system's error. */
  keep(pair: KeptPair): void {
    const { directory, cert, key } = pair
    const next = `${this.file}.new`
    const text = `${JSON.stringify({ directory, cert, key }, null, 2)}\n`
    writeFileSync(next, text, { mode: OWNER_ONLY, flush: true })
    renameSync(next, this.file)
    syncDirectory(this.path)
  }
}

function writeUnlessThere(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: OWNER_ONLY, flag: 'wx', flush: true })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** Whether a value is what `texts` answers, and a server can read each of it. */
export function areWhole(value: unknown): value is KeptTexts {
  if (typeof value !== 'object' || value === null) return false
  const account: unknown = Reflect.get(value, 'account')
  const certificate: unknown = Reflect.get(value, 'certificate')
  const hasAccount = typeof account === 'string' && account.startsWith('-----BEGIN')
  return (account === undefined || hasAccount) && (certificate === undefined || isKeptText(certificate))
}

const isKeptText = (text: unknown): boolean => typeof text === 'string' && isKept(parseJson(text))

const unreadable = (file: string): string =>
  `The certificate in ${file} cannot be read; restore the file, or delete it to have a new one got.`

const isKept = (value: unknown): value is KeptPair =>
  typeof value === 'object' &&
  value !== null &&
  ['directory', 'cert', 'key'].every((name) => typeof Reflect.get(value, name) === 'string')

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)
