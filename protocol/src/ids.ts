import { Type } from './type.ts'

/** Words for each pattern, by which a refusal says what belongs there: "an account's id, such as a_12". */
const words = new Map<string, string>()
export const PATTERN_WORDS: ReadonlyMap<string, string> = words

/** A text of that form, which the documents and refusals name by the title and show by the example. */
function formed(pattern: string, title: string, example: string) {
  words.set(pattern, `${title.charAt(0).toLowerCase()}${title.slice(1)}, such as ${example}`)
  return Type.String({ pattern, title, examples: [example] })
}

/** Fifteen digits are exact in every number of JavaScript. */
const idOf = (prefix: string, title: string) => formed(`^${prefix}_[1-9][0-9]{0,14}$`, title, `${prefix}_12`)

export const AccountId = idOf('a', "An account's id")
export const ConversationId = idOf('c', "A conversation's id")
export const MessageId = idOf('m', "A message's id, of which its conversation and seq are the address")
/** Random, so that it tells nothing of how many there are. */
export const SessionId = formed('^s_[A-Za-z0-9_-]{1,40}$', "A session's id", 's_InBEpILZOJgG8M-p')
/** One an upload, whatever its content. Random, so that none is ever given again. */
export const FileId = formed('^f_[A-Za-z0-9_-]{1,40}$', "A file's id", 'f_Jx0bYd5nQ3uGk1Zt')
export const InviteId = idOf('i', "An invite's id")

/** Places of messages, numbers of changes and versions; exact in every number of JavaScript. */
export const MAX_NUMBER = 999_999_999_999_999

export const Seq = Type.Integer({ minimum: 1, maximum: MAX_NUMBER, title: "A message's place: 1, 2, 3 …" })
/** A place before the first message, or a number before the first change, is 0. */
export const Position = Type.Integer({ minimum: 0, maximum: MAX_NUMBER })

export const Time = formed(
  '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z$',
  'A time of RFC 3339 in UTC, with microseconds',
  '2026-11-29T15:41:12.437673Z',
)

/** A time as people write it into a query. */
export const Moment = formed(
  '^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,6})?)?Z)?$',
  'A day, or a time of RFC 3339 in UTC',
  '2026-11-29T15:41Z',
)
