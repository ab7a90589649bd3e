import { hostname, userInfo } from 'node:os'
import type { Audit } from '../core/chat.ts'

interface AuditedAct {
  /** The command, such as `accounts disable`. */
  readonly act: string
  /** The name of what it is done to. */
  readonly subject: string
}

/** The log of what the operator at this command line does. */
export class AuditLog {
  readonly #audit: Audit
  readonly #actor: string

  /** `sudoUser` has become the one that runs this by `sudo`. */
  constructor(audit: Audit, sudoUser: string | undefined) {
    this.#audit = audit
    const name = nameOfUser()
    this.#actor = sudoUser && sudoUser !== name ? `${sudoUser} as ${name}` : name
  }

  /** Notes an act before it is carried out, and then how it ended. Throws what the work throws. */
  record<Result>(act: AuditedAct, work: () => Promise<Result>): Promise<Result> {
    const origin = `command line of ${hostname()}`
    return this.#audit.record({ ...act, origin, actor: this.#actor }, work)
  }
}

/** A container may run as a number that has no name. */
function nameOfUser(): string {
  try {
    return userInfo().username
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}
