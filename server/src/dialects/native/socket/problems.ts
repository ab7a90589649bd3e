import type { RequestId } from '@parlance/protocol'
import type { Frame } from '../../../delivery/index.ts'
import type { Logger } from '../../../observe/index.ts'
import { newRequestNumber, wsTextFrame } from '../../../transport/index.ts'
import { refusalFor } from '../errors.ts'
import { problemOf, Refusal } from '../refusal.ts'

/** Writes refusals of requests over the socket: the same documents as over REST. */
export class Problems {
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  /** `connectionId` is the id of the request that opened the socket: those of its own requests begin with it. */
  frameFor(re: RequestId, error: unknown, connectionId: string): Frame {
    const instance = `${connectionId}.${newRequestNumber().toString(36)}`
    const refusal = refusalFor(error)
    if (!refusal) this.#log.error({ err: error, requestId: instance }, 'request failed')
    const { code, detail, status, faults, headers } = named(refusal ?? new Refusal('internal_error'))
    const problem = problemOf(new Refusal(code, { detail, status, faults }), instance)
    const retryAfter = Number(headers['retry-after'])
    const answer = retryAfter > 0 ? { re, error: problem, retryAfter } : { re, error: problem }
    return wsTextFrame(JSON.stringify(answer))
  }

  /** A bug, of which nobody asked to be told. */
  note(error: unknown, connectionId: string): void {
    if (!refusalFor(error)) this.#log.error({ err: error, requestId: connectionId }, 'request failed')
  }
}

/** Where a frame has what a REST request has in its path or headers. */
const FIELDS: Readonly<Record<string, string>> = {
  '{c}': '#/conversation',
  '{seq}': '#/seq',
  '{key}': '#/key',
}

/** The refusal with its fields as the frame names them. */
function named({ code, status, message, faults, headers }: Refusal) {
  const renamed = faults.map((fault) => ({ ...fault, pointer: FIELDS[fault.pointer] ?? fault.pointer }))
  const [first] = faults
  const pointer = first && FIELDS[first.pointer]
  const detail = pointer === undefined ? message : message.replace(first?.pointer ?? '', pointer)
  return { code, status, detail, faults: renamed, headers }
}
