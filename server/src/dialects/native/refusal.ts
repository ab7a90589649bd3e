import { type Fault, MAX_FAULTS, type Problem, type ProblemCode, problemKind } from '@parlance/protocol'

interface More {
  readonly detail?: string
  readonly faults?: readonly Fault[]
  /** Another status than the kind's own. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** A problem on its way to the client. Thrown; written by the application's error handler and by the socket. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: ProblemCode
  readonly status: number
  readonly faults: readonly Fault[]
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ProblemCode, { detail, status, faults = [], headers = {} }: More = {}) {
    const kind = problemKind(code)
    super(detail ?? kind.title)
    this.code = code
    this.status = status ?? kind.status
    this.faults = faults.slice(0, MAX_FAULTS)
    this.headers = headers
  }
}

/** Refuses fields by their pointers. */
export const invalid = (...faults: readonly Fault[]): Refusal => {
  const [first] = faults
  return new Refusal('invalid_request', first ? { detail: `${first.pointer} ${first.detail}`, faults } : {})
}

/** Refuses an id in the path that is none of a file. */
export const noFileId = (): Refusal =>
  invalid({ pointer: '{f}', detail: "must be a file's id, such as f_Jx0bYd5nQ3uGk1Zt" })

/** The path below which each kind of problem is documented. */
const DOCUMENTATION = '/docs/problems/'

/** `instance` is the id of the request. */
export function problemOf({ code, status, message, faults }: Refusal, instance: string): Problem {
  const { title, retryable = false } = problemKind(code)
  const problem = {
    type: `${DOCUMENTATION}${code}`,
    title,
    status,
    detail: message,
    code,
    retryable,
    instance,
  }
  return faults.length === 0 ? problem : { ...problem, errors: [...faults] }
}
