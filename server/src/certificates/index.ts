export { type Certificate, CertificateRefusal, certificateOf, dayOf } from './certificate.ts'
export { CertificateFiles } from './certificate-files.ts'
export type { CertificateSource } from './certificate-source.ts'
export { namesOf, readPair } from './pair-files.ts'
