import type { Bus } from '../bus/bus.ts'
import type { Presence } from '../core/chat.ts'
import { CommandEnd } from '../lib/command-end.ts'
import { within } from '../lib/within.ts'
import type { Logger } from '../observe/index.ts'
import type { Store } from '../store/store.ts'
import type { Listeners } from './listeners.ts'

interface Closing {
  readonly listeners: Pick<Listeners, 'stop'>
  /** The dialects, and whatever else has clients of its own. */
  readonly dialects: readonly { readonly name: string; close(): Promise<void> }[]
  readonly presence: Pick<Presence, 'close'>
  readonly store: Pick<Store, 'close'>
  readonly bus: Pick<Bus, 'close'>
  readonly log: Logger
}

/** A client may take two seconds to answer its goodbye, and webhooks of that two more. */
const GOODBYE_MS = 4_000
/** How long requests in flight may take to end. */
const DRAIN_MS = 3_000
/** And to notice that they were cut. */
const CUT_MS = 250
/** When, since the beginning, the store must be done, which takes as long as its engine holds a write up. */
const STORED_BY_MS = 8_300
const BUS_MS = 1_000

/**
 * Ends a server. Each step is taken whatever became of those before it, and has its time: the whole has ten seconds.
 * Rejects when writes that were accepted may not have been answered; all else that fails is only logged.
 */
export async function closeInOrder({
  listeners,
  dialects,
  presence,
  store,
  bus,
  log,
}: Closing): Promise<void> {
  const begunAt = performance.now()
  const take = async (step: string, ms: number, taking: () => Promise<void>): Promise<unknown> => {
    try {
      return await within(ms, step, Promise.try(taking))
    } catch (err) {
      log.error({ err, step }, 'a step of the shutdown failed')
      return err
    }
  }
  // First nothing new comes in, then clients are told, then what is in flight ends.
  const stopped = await listeners.stop()
  // All at once: each may take as long as its slowest client.
  await Promise.all(dialects.map((dialect) => take(dialect.name, GOODBYE_MS, () => dialect.close())))
  await take('requests', DRAIN_MS + CUT_MS, () => stopped.drain(DRAIN_MS))
  presence.close()
  // The bus after the store: what was still waiting for its commit is told to the other nodes too.
  const storing = STORED_BY_MS - (performance.now() - begunAt)
  const cause = await take('store', storing, () => store.close())
  await take('bus', BUS_MS, () => bus.close())
  if (cause !== undefined) throw new CommandEnd(UNANSWERED, { cause })
}

const UNANSWERED = 'The database could not be closed in time: what was not acknowledged may be stored or not.'
