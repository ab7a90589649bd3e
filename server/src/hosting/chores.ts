import { type Chat, isStoreFailure } from '../core/chat.ts'
import { type Clock, MICROS_PER_SECOND } from '../lib/clock.ts'
import { runEvery } from '../lib/timers.ts'
import type { Logger } from '../observe/index.ts'

const GUEST_TTL_DAYS = 90
const HOUR_MS = 3_600_000
const TEN_MINUTES_MS = 600_000
const MINUTE_MS = 60_000
/** As soon as an operator's commands on accounts take effect. */
const TWO_SECONDS_MS = 2_000

/** All that a server does from time to time. */
interface Chores {
  /** Begins none any more, and waits for the steps under way, which need the store. */
  close(): Promise<void>
}

export function beginChores(chat: Chat, clock: Clock, log: Logger): Chores {
  const stops = [
    freeGuestsHourly(chat, clock, log),
    removeFilesOften(chat, log),
    purgeOften(chat, log),
    deleteConversationsOften(chat, log),
  ]
  return {
    close: async () => {
      for (const stop of stops) stop()
      await Promise.all([
        chat.retention.close(),
        chat.conversationRemovals.close(),
        chat.fileRemovals.close(),
        chat.removals.close(),
      ])
    },
  }
}

/** Removes files that nobody has attached for a day, and the bytes of those removed: at start and every ten minutes. */
function removeFilesOften(chat: Chat, log: Logger): () => void {
  const remove = () => {
    chat.fileRemovals.run().catch((err) => log.error({ err }, 'removing files failed'))
  }
  remove()
  const timer = runEvery(TEN_MINUTES_MS, remove)
  return () => clearInterval(timer)
}

/**
 * Purges messages that have been kept for long enough: each minute in the conversations that have a rule or a wish of their
 * own, and in all at start and every hour.
 */
function purgeOften(chat: Chat, log: Logger): () => void {
  const purge = (isWhole: boolean) => {
    chat.retention.run({ isWhole }).catch((err) => log.error({ err }, 'purging messages failed'))
  }
  purge(true)
  const timers = [runEvery(HOUR_MS, () => purge(true)), runEvery(MINUTE_MS, () => purge(false))]
  return () => {
    for (const timer of timers) clearInterval(timer)
  }
}

/** Deletes the conversations that operators' commands have noted: at start and every two seconds. */
function deleteConversationsOften(chat: Chat, log: Logger): () => void {
  const remove = () => {
    chat.conversationRemovals.run().catch((err) => {
      // The store reports its outage itself.
      if (!isStoreFailure(err)) log.error({ err }, 'deleting conversations failed')
    })
  }
  remove()
  const timer = runEvery(TWO_SECONDS_MS, remove)
  return () => clearInterval(timer)
}

/** Gives back the names of guests who have not come for a while: at start and every hour. */
function freeGuestsHourly(chat: Chat, clock: Clock, log: Logger): () => void {
  const free = () => {
    const unseenSince = clock.nowMicros() - GUEST_TTL_DAYS * 24 * 3600 * MICROS_PER_SECOND
    chat.accounts
      .freeGuests(unseenSince)
      .catch((err) => log.error({ err }, 'freeing the names of guests failed'))
  }
  free()
  const timer = runEvery(HOUR_MS, free)
  return () => clearInterval(timer)
}
