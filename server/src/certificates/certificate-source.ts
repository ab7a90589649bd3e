import type { Certificate } from './certificate.ts'

export type Hear = (certificate: Certificate) => void

/** Has a certificate, and gets a new one before that runs out. */
export interface CertificateSource {
  /** Undefined until the first one has been got, where nobody has put one there. */
  readonly current: Certificate | undefined
  /** `hear` is called with each new certificate, until the source is closed. */
  onRenewal(hear: Hear): void
  close(): void
}
