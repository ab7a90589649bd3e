import {
  type Fault,
  Hello,
  REQUESTS,
  type RequestId,
  type RequestOf,
  type RequestOp,
} from '@parlance/protocol'
import { isJsonObject, type JsonObject, own, parseJson } from '../../../lib/json.ts'
import { invalid, type Refusal } from '../refusal.ts'
import { Validator } from '../validator.ts'

/** A request, checked, by its op. */
export type SocketRequest = { [Op in RequestOp]: RequestOf<Op> }[RequestOp]

/** A frame that cannot be answered: it names no request. */
export class BadFrame extends Error {}

const HELLO = new Validator(Hello)
// Each op's own validator: the table has the schemas.
const VALIDATORS: ReadonlyMap<unknown, Validator> = new Map(
  Object.entries(REQUESTS).map(([op, { schema }]) => [op, new Validator(schema)]),
)

/** Throws `BadFrame`. Undefined when it is another frame than a hello. */
export function helloIn(text: string): Hello | undefined {
  const frame = objectIn(text)
  if (own(frame, 'op') !== 'hello') return undefined
  const [fault] = HELLO.faultsIn(frame)
  if (fault) throw new BadFrame(`${fault.pointer} ${fault.detail}`)
  // The schema has just been checked.
  return frame as unknown as Hello
}

const UNKNOWN_OP: Fault = { pointer: '#/op', detail: `must be one of ${[...VALIDATORS.keys()].join(', ')}` }

interface ReadFrame {
  /** Undefined where no answer is wanted. */
  readonly id: RequestId | undefined
  /** Undefined where the frame cannot be used. */
  readonly request?: SocketRequest
  /** Then this says why, and names each field. */
  readonly refusal?: Refusal
}

/** Throws `BadFrame` for what is no JSON object, and for a bad request without an id to answer it by. */
export function requestIn(text: string): ReadFrame {
  const frame = objectIn(text)
  const id = requestIdIn(frame)
  const faults = VALIDATORS.get(own(frame, 'op'))?.faultsIn(frame) ?? [UNKNOWN_OP]
  const [fault] = faults
  // The schema of its op has just been checked.
  if (!fault) return { id, request: frame as unknown as SocketRequest }
  if (id === undefined) throw new BadFrame(`${fault.pointer} ${fault.detail}`)
  return { id, refusal: invalid(...faults) }
}

function objectIn(text: string): JsonObject {
  const frame = parseJson(text)
  if (!isJsonObject(frame)) throw new BadFrame('# is no JSON object')
  return frame
}

const MAX_ID_LENGTH = 64

function requestIdIn(frame: JsonObject): RequestId | undefined {
  const id = own(frame, 'id')
  if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) return id
  return typeof id === 'string' && id !== '' && id.length <= MAX_ID_LENGTH ? id : undefined
}
