import { type Certificate, CertificateFiles, type CertificateSource, dayOf } from '../certificates/index.ts'
import type { Config } from '../config/index.ts'
import { systemClock } from '../lib/clock.ts'
import { runEvery } from '../lib/timers.ts'
import type { Logger, Metrics } from '../observe/index.ts'
import { type Limits, TlsGate } from '../transport/index.ts'
import { openAcme } from './acme.ts'

interface TlsParts {
  readonly limits: Limits
  readonly metrics: Metrics
  readonly log: Logger
}

/** The TLS of all ports of a server. */
export interface Tls {
  readonly gate: TlsGate
  close(): Promise<void>
}

const DAY_MS = 24 * 3_600_000
/** Before this many days of the end somebody should have renewed it. */
const WARN_DAYS = 7

/** A certificate, and the end of all that was opened for it. */
interface Source {
  readonly source: CertificateSource
  close(): Promise<void>
}

/** Undefined where nothing is set. Throws `SettingRefusal` where the certificate cannot be served, or got. */
export async function openTls(config: Config, parts: TlsParts): Promise<Tls | undefined> {
  const { limits, metrics, log } = parts
  const opened = await openSource(config, parts)
  if (!opened) return undefined
  const { source, close } = opened
  const gate = new TlsGate({ pair: source.current, limits })
  source.onRenewal((certificate) => {
    gate.renew(certificate)
    log.info(`A new certificate is served, until ${dayOf(certificate.expiresAtMs)}.`)
  })
  metrics.watch('certificateEnd', () => (source.current?.expiresAtMs ?? 0) / 1000)
  return { gate, close }
}

async function openSource(config: Config, { limits, log }: TlsParts): Promise<Source | undefined> {
  const { tls } = config
  if (!tls) return undefined
  if (tls.kind === 'acme') return openAcme(config, tls, { limits, log, nowMs })
  const source = await CertificateFiles.open({
    files: tls,
    nowMs,
    onRefused: (sentence) =>
      log.error(`The certificate in use is kept, for the new one is refused: ${sentence}`),
  })
  const stopWarning = warnOfTheEnd(source, log)
  return {
    source,
    close: async () => {
      stopWarning()
      source.close()
    },
  }
}

/** Says at the start, and once a day, that a certificate will run out. */
function warnOfTheEnd(source: CertificateFiles, log: Logger): () => void {
  const look = () => {
    const { expiresAtMs }: Certificate = source.current
    const days = Math.floor((expiresAtMs - nowMs()) / DAY_MS)
    if (days < WARN_DAYS)
      log.warn(`The certificate runs out on ${dayOf(expiresAtMs)}, and clients refuse it then; renew it.`)
  }
  look()
  const timer = runEvery(DAY_MS, look).unref()
  return () => clearInterval(timer)
}

const clock = systemClock()
const nowMs = (): number => clock.nowMicros() / 1000
