import { isJsonObject, type JsonObject, parseJson, parseUtf8, withoutByteOrderMark } from '../../lib/json.ts'
import { codePointLength } from '../../lib/text.ts'
import { invalid, notADict, type Problem, type Refusal, unreadableBody } from './errors.ts'
import { faultOf } from './json-fault.ts'

const JSON_TYPE = /^\s*application\/(?:[^\s;/]+\+)?json\s*(?:;|$)/i
/** Characters of the body that an answer shows. The framework echoes the whole body, however long it is. */
const SHOWN_CHARACTERS = 100

/**
 * The object in a request's body; undefined when there is no body, or JSON's null, which the framework
 * does not tell apart. Throws the `Refusal` of anything else, as of a body that is not declared as JSON.
 */
export function readJsonBody(
  body: Buffer | undefined,
  contentType: string | undefined,
): JsonObject | undefined {
  if (!body || body.length === 0) return undefined
  if (!JSON_TYPE.test(contentType ?? '')) throw notADict()
  const source = parseUtf8(body)
  if (source === undefined) throw unreadableBody()
  const value = parse(withoutByteOrderMark(source))
  if (value === null) return undefined
  if (!isJsonObject(value)) throw notADict()
  return value
}

function parse(text: string): unknown {
  const value = parseJson(text)
  if (value === undefined) throw undecodable(text)
  return value
}

/** Python's `JSONDecodeError` as pydantic shows it: positions count code points. */
function undecodable(text: string): Refusal {
  const { msg, at } = faultOf(text)
  const before = text.slice(0, at)
  const pos = codePointLength(before)
  const lineno = before.split('\n').length
  const colno = codePointLength(before.slice(before.lastIndexOf('\n') + 1)) + 1
  const problem: Problem = {
    loc: ['body', pos],
    msg: `${msg}: line ${lineno} column ${colno} (char ${pos})`,
    type: 'value_error.jsondecode',
    ctx: { msg, doc: text.slice(0, SHOWN_CHARACTERS), pos, lineno, colno },
  }
  return invalid([problem])
}
