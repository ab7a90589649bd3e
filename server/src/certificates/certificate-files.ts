import { guarded, owned } from '../lib/guard.ts'
import { runEvery } from '../lib/timers.ts'
import { type Certificate, CertificateRefusal, certificateOf, type Pair } from './certificate.ts'
import type { CertificateSource, Hear } from './certificate-source.ts'
import { namesOf, readPair } from './pair-files.ts'

interface CertificateFilesOptions {
  /** Paths of the certificate and of its key. */
  readonly files: Pair
  readonly nowMs: () => number
  /** Told in one sentence why a new pair is not served; once for each. */
  readonly onRefused: (sentence: string) => void
  /** Milliseconds between two looks. */
  readonly lookEveryMs?: number
}

const LOOK_EVERY_MS = 5_000

/**
 * A certificate in two files, which are read again every few seconds: so it does not matter how they are replaced, by a
 * write, by links as certbot does, or by a link of their folder as Kubernetes does. A pair that cannot be served leaves
 * the one before in use.
 */
export class CertificateFiles implements CertificateSource {
  readonly #options: CertificateFilesOptions
  readonly #timer: NodeJS.Timeout
  readonly #hearing = new Set<Hear>()
  #current: Certificate
  /** Why the last look found nothing that can be served. */
  #refusal: { readonly sentence: string; isTold: boolean } | undefined
  #isLooking = false

  private constructor(options: CertificateFilesOptions, current: Certificate) {
    this.#options = options
    this.#current = current
    this.#timer = runEvery(options.lookEveryMs ?? LOOK_EVERY_MS, () => owned('task', this.#look())).unref()
  }

  /** Throws `CertificateRefusal` where the pair cannot be served. */
  static async open(options: CertificateFilesOptions): Promise<CertificateFiles> {
    const { files, nowMs } = options
    const pair = await readPair(files)
    return new CertificateFiles(options, certificateOf(pair, namesOf(files), nowMs()))
  }

  get current(): Certificate {
    return this.#current
  }

  onRenewal(hear: Hear): void {
    this.#hearing.add(guarded('task', hear))
  }

  close(): void {
    clearInterval(this.#timer)
    this.#hearing.clear()
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      const { files, nowMs } = this.#options
      const pair = await readPair(files)
      if (!isSame(pair, this.#current)) this.#take(certificateOf(pair, namesOf(files), nowMs()))
      this.#refusal = undefined
    } catch (error) {
      if (!(error instanceof CertificateRefusal)) throw error
      this.#refuse(error.message)
    } finally {
      this.#isLooking = false
    }
  }

  #take(certificate: Certificate): void {
    this.#current = certificate
    for (const hear of this.#hearing) hear(certificate)
  }

  /** A look may come between the writes of the two files: a fault is told when the next look finds it too. */
  #refuse(sentence: string): void {
    if (this.#refusal?.sentence !== sentence) this.#refusal = { sentence, isTold: false }
    else if (!this.#refusal.isTold) {
      this.#refusal.isTold = true
      this.#options.onRefused(sentence)
    }
  }
}

const isSame = (one: Pair, other: Pair): boolean => one.cert === other.cert && one.key === other.key
