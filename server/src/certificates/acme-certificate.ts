import { guarded } from '../lib/guard.ts'
import { runAfter } from '../lib/timers.ts'
import { type Order, orderCertificate } from './acme-order.ts'
import { type Certificate, CertificateRefusal, dayOf } from './certificate.ts'
import { CertificateFolder } from './certificate-folder.ts'
import type { CertificateSource, Hear } from './certificate-source.ts'

interface AcmeCertificateOptions extends Omit<Order, 'accountKey'> {
  /** Path of the folder that keeps it. */
  readonly folder: string
  readonly nowMs: () => number
  /** Told in one sentence, before each order. */
  readonly onOrder: (sentence: string) => void
  /** Told in one sentence what went wrong, and what is served meanwhile. */
  readonly onFailed: (sentence: string) => void
  readonly retry?: Retry
}

/** Milliseconds from a failure to the next try: the first of a row, doubled with each, up to the longest. */
interface Retry {
  readonly firstMs: number
  readonly longestMs: number
}

/** Authorities count failures: Let's Encrypt bears five of a name in an hour, and these are no more. */
const RETRY: Retry = { firstMs: 2 * 60_000, longestMs: 6 * 3_600_000 }
/** The clock may be set, and a machine may sleep: so a time that is far away is looked at again. */
const LOOK_EVERY_MS = 3_600_000

/**
 * A certificate that the server itself gets from an authority, by ACME, and renews when a third of its life is left. It is
 * kept in a folder, so that a restart asks for none. One that cannot be got is asked for again, ever more rarely;
 * meanwhile the one before is served.
 */
export class AcmeCertificate implements CertificateSource {
  readonly #options: AcmeCertificateOptions
  readonly #folder: CertificateFolder
  readonly #accountKey: string
  readonly #retry: Retry
  readonly #hearing = new Set<Hear>()
  #timer: NodeJS.Timeout | undefined
  #current: Certificate | undefined
  /** Whether the current one was made for other names, or by another authority, than the settings say now. */
  #isOther = false
  #failures = 0
  #isClosed = false

  /** Throws `CertificateRefusal` where the folder cannot be used. */
  constructor(options: AcmeCertificateOptions) {
    this.#options = options
    this.#retry = options.retry ?? RETRY
    this.#folder = new CertificateFolder(options.folder)
    this.#accountKey = this.#folder.accountKey()
    this.#restore()
    this.#schedule(0)
  }

  get current(): Certificate | undefined {
    return this.#current
  }

  onRenewal(hear: Hear): void {
    this.#hearing.add(guarded('task', hear))
  }

  /** An order that is under way is kept when it is done, and nobody hears of it. */
  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#hearing.clear()
  }

  #restore(): void {
    const kept = this.#folder.read()
    if (!kept) return
    const { directory, domains, nowMs, onFailed } = this.#options
    try {
      const certificate = this.#folder.certificateOf(kept, nowMs())
      this.#isOther = kept.directory !== directory || !domains.every((name) => certificate.covers(name))
      this.#current = certificate
    } catch (error) {
      if (!(error instanceof CertificateRefusal)) throw error
      onFailed(`${error.message} A new one is asked for.`)
    }
  }

  #schedule(ms: number): void {
    if (this.#isClosed) return
    this.#timer = runAfter(ms, () => this.#look()).unref()
  }

  async #look(): Promise<void> {
    const leftMs = this.#dueAtMs() - this.#options.nowMs()
    if (leftMs > 0) this.#schedule(Math.min(leftMs, LOOK_EVERY_MS))
    else await this.#order()
  }

  /** When a third of its life is left. */
  #dueAtMs(): number {
    if (!this.#current || this.#isOther) return Number.NEGATIVE_INFINITY
    const { beginsAtMs, expiresAtMs } = this.#current
    return expiresAtMs - (expiresAtMs - beginsAtMs) / 3
  }

  async #order(): Promise<void> {
    const { directory, domains, nowMs, onOrder } = this.#options
    onOrder(`A certificate for ${domains.join(', ')} is asked for at ${new URL(directory).host}.`)
    try {
      const pair = await orderCertificate({ ...this.#options, accountKey: this.#accountKey })
      const certificate = this.#folder.certificateOf(pair, nowMs())
      this.#keep(certificate)
      this.#take(certificate)
      // Not at once: a clock that is weeks ahead would have each new one renewed, without end.
      this.#schedule(this.#retry.firstMs)
    } catch (error) {
      this.#fail(error)
    }
  }

  #take(certificate: Certificate): void {
    this.#current = certificate
    this.#isOther = false
    this.#failures = 0
    for (const hear of this.#hearing) hear(certificate)
  }

  /** A certificate that cannot be kept is served all the same: the authority makes only so many. */
  #keep(certificate: Certificate): void {
    try {
      this.#folder.keep({ ...certificate, directory: this.#options.directory })
    } catch (error) {
      const { file } = this.#folder
      this.#options.onFailed(
        `The new certificate is served, and could not be written to ${file} (${reasonOf(error)}): a restart asks for another.`,
      )
    }
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return
    const { directory, domains, onFailed } = this.#options
    const { firstMs, longestMs } = this.#retry
    const waitMs = Math.min(firstMs * 2 ** this.#failures, longestMs)
    this.#failures++
    const meanwhile = this.#current
      ? `the one in use is served on, and runs out on ${dayOf(this.#current.expiresAtMs)}`
      : 'until there is one, nobody can connect'
    onFailed(
      `No certificate for ${domains.join(', ')} could be got at ${new URL(directory).host}: ${reasonOf(error)}; ${meanwhile}. The next try is in ${Math.ceil(waitMs / 60_000)} min.`,
    )
    this.#timer = runAfter(waitMs, () => this.#order()).unref()
  }
}

/** The authority's own words, or the network's, on one line. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Node has no message for a name whose addresses have all refused.
  const code = 'code' in error ? String(error.code) : error.name
  return (error.message.trim() || code).replace(/\s+/g, ' ').replace(/\.$/, '')
}
