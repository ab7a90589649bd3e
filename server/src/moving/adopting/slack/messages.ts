import type { Intake } from '../intake.ts'
import { emojiNamed } from './emoji.ts'
import { markdownOf } from './markdown.ts'
import { microsOfSeconds, objectOf, objectsOf, textOf, textsOf } from './values.ts'

/** Subtypes of messages that somebody wrote; all others tell of joins, topics, pins and the like. */
const WRITTEN = new Set(['', 'bot_message', 'me_message', 'thread_broadcast', 'file_share', 'file_comment'])
/** Subtypes that are told apart in the notes. */
const MAX_SUBTYPES = 100

/** Takes the messages of an export. */
export class SlackMessages {
  readonly #intake: Intake
  readonly #names: ReadonlyMap<string, string>
  readonly #leftOut = new Map<string, number>()

  constructor(intake: Intake, names: ReadonlyMap<string, string>) {
    this.#intake = intake
    this.#names = names
  }

  async take(message: object, folder: string, file: string): Promise<void> {
    const [key, subtype] = [textOf(message, 'ts'), textOf(message, 'subtype')]
    const place = `${file}, ts ${key}`
    if (!WRITTEN.has(subtype)) return this.#leaveOut(subtype)
    const conversationKey = `/folder ${folder}`
    const senderKey = await this.#sender(message, place)
    const thread = textOf(message, 'thread_ts')
    const { text, mentions } = this.#textOf(message, subtype)
    const edited = microsOfSeconds(Reflect.get(objectOf(message, 'edited'), 'ts'))
    this.#intake.message({
      ...{ place, key, conversationKey, senderKey, body: text, mentions, isMarkdown: true, order: key },
      at: microsOfSeconds(key) ?? null,
      threadKey: thread === '' || thread === key ? null : thread,
      ...(edited !== undefined && { editedAt: edited }),
    })
    for (const reaction of objectsOf(message, 'reactions'))
      for (const accountKey of textsOf(reaction, 'users'))
        this.#intake.reaction({
          ...{ place, conversationKey, messageKey: key, accountKey },
          emoji: emojiNamed(textOf(reaction, 'name')),
        })
  }

  /** Notes how many of each kind were left out: one by one they would be more than the messages. */
  tellLeftOut(): void {
    for (const [subtype, count] of this.#leftOut)
      this.#intake.note({
        ...{ what: 'message', place: `subtype ${subtype}`, done: 'left out' },
        why: `${count} of these tell of an event, and are nobody's words`,
      })
  }

  #leaveOut(subtype: string): void {
    const known = this.#leftOut.has(subtype) || this.#leftOut.size < MAX_SUBTYPES ? subtype : 'any other'
    this.#leftOut.set(known, (this.#leftOut.get(known) ?? 0) + 1)
  }

  /** A bot has no user: its first message makes a disabled account with its name. */
  async #sender(message: object, place: string): Promise<string> {
    const user = textOf(message, 'user')
    const bot = textOf(message, 'bot_id')
    const key = user || bot || 'unknown'
    if (user === '' && !this.#intake.hasAccount(key)) {
      const name = textOf(message, 'username') || textOf(objectOf(message, 'bot_profile'), 'name') || key
      await this.#intake.accounts([{ place, key, username: name, isDisabled: true }])
    }
    return key
  }

  /** The text, with a line for each file: its name and the address that Slack has it under. */
  #textOf(message: object, subtype: string): ReturnType<typeof markdownOf> {
    const { text, mentions } = markdownOf(textOf(message, 'text'), {
      username: (key) => this.#names.get(key),
    })
    const files = objectsOf(message, 'files').flatMap((file) => {
      const address = textOf(file, 'permalink') || textOf(file, 'url_private')
      const name = textOf(file, 'name') || textOf(file, 'title') || 'file'
      return /^https:\/\//.test(address) ? [`[${name.replace(/[[\]]/g, '\\$&')}](${address})`] : []
    })
    // Its mentions stay where they are: only the end of the text changes.
    const said = subtype === 'me_message' && mentions.length === 0 ? `_${text}_` : text
    return { text: [said, ...files].filter((line) => line !== '').join('\n'), mentions }
  }
}
