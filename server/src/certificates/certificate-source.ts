import type { Certificate } from './certificate.ts'

export type Hear = (certificate: Certificate) => void

/** Has a certificate at any time, and gets a new one before that runs out. */
export interface CertificateSource {
  readonly current: Certificate
  /** `hear` is called with each new certificate, until the source is closed. */
  onRenewal(hear: Hear): void
  close(): void
}
