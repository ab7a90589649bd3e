import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Owner } from './owner.ts'

/** Has every client of this process believe this certificate too, in PEM, until the owner ends. */
export function trust(owner: Owner, cert: string): void {
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, cert])
  owner.after(() => setDefaultCACertificates(before))
}
