import { answer } from '../lib/answer.ts'
import { MICROS_PER_SECOND } from '../lib/clock.ts'
import { CommandEnd } from '../lib/command-end.ts'
import { type OperatorSettings, operate } from './endpoints.ts'
import { conversationNamed } from './named.ts'

interface PurgeOrder {
  readonly settings: OperatorSettings
  /** Its id, its gid, or the name of an open one. */
  readonly name: string
  /** A day, or a moment of RFC 3339 with its offset; one of the two is given. */
  readonly before?: string | undefined
  readonly keepDays?: string | undefined
}

const DAY_MS = 86_400_000
const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?$/

/** Has the oldest messages of a conversation purged by a server. Throws `CommandEnd`, `StoreRefusal`. */
export async function purgeConversation({ settings, name, before, keepDays }: PurgeOrder): Promise<void> {
  await operate(settings, async ({ chat, clock, audit }) => {
    const moment = momentOf({ before, keepDays }, clock.nowMicros())
    const until = new Date(moment / 1_000).toISOString()
    const noted = { act: 'conversations purge', subject: `${name} before ${until}` }
    const { conversationId } = await audit.record(noted, async () => {
      const conversation = await conversationNamed(chat.conversations, name)
      await chat.retention.wish(conversation.conversationId, moment)
      return conversation
    })
    await answer(
      `All that was sent in conversation ${conversationId} before ${until} is purged within a minute or two by a running server, or when one starts.\n`,
    )
  })
}

/** In microseconds. */
function momentOf({ before, keepDays }: Pick<PurgeOrder, 'before' | 'keepDays'>, now: number): number {
  if ((before === undefined) === (keepDays === undefined))
    throw new CommandEnd(
      'Say which messages are to go: --before 2026-01-31 or --keep-days 90, one of the two.',
    )
  if (keepDays !== undefined) {
    if (!/^\d{1,5}$/.test(keepDays)) throw new CommandEnd('--keep-days is a whole number from 0 to 99999.')
    return now - Number(keepDays) * DAY_MS * 1_000
  }
  const ms = before !== undefined && MOMENT.test(before) ? Date.parse(before) : Number.NaN
  if (Number.isNaN(ms))
    throw new CommandEnd('--before is a day of UTC, 2026-01-31, or a moment, 2026-01-31T08:00:00Z.')
  // A wish for the future would take away what nobody has said yet.
  return Math.min((ms / 1_000) * MICROS_PER_SECOND, now)
}
