import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { LocalBus } from '../../src/bus/local.ts'
import {
  type Account,
  type AccountEvent,
  accountTopic,
  Chat,
  type ConversationEvent,
  type ConversationId,
  conversationTopic,
} from '../../src/core/chat.ts'
import type { Micros } from '../../src/lib/clock.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import type { Store } from '../../src/store/store.ts'
import { CHEAP } from './passwords.ts'
import { writeEmptyDatabase } from './sqlite.ts'
import { tempDir } from './temp-dir.ts'

/** A clock that goes only when told, beyond the microsecond that keeps its answers apart. */
export class TestClock {
  #now: Micros = 1_700_000_000_000_000
  nowMicros(): Micros {
    this.#now++
    return this.#now
  }
  advance(micros: Micros): void {
    this.#now += micros
  }
}

export const PASSWORD = 'correct horse battery staple'

/** The core over a real store, with people in it. */
export async function chatWith<Name extends string>(t: TestContext, ...names: readonly Name[]) {
  const file = join(await tempDir(t), 'chat.db')
  writeEmptyDatabase(file)
  const store = await openSqliteStore({ file })
  t.after(() => store.close())
  return chatOn(store, ...names)
}

/** As `chatWith`, over a store that the test has opened. */
export async function chatOn<Name extends string>(store: Store, ...names: readonly Name[]) {
  const clock = new TestClock()
  const bus = new LocalBus((error) => {
    throw error
  })
  const chat = new Chat({ store, bus, clock, maxMessageBytes: 100, passwordCost: CHEAP })
  const people = {} as Record<Name, Account>
  for (const username of names)
    people[username] = await chat.accounts.register({ username, password: PASSWORD })
  return {
    chat,
    store,
    bus,
    clock,
    people,
    eventsOf(conversationId: ConversationId): ConversationEvent[] {
      const events: ConversationEvent[] = []
      bus.subscribe(conversationTopic(conversationId), (event) => events.push(event))
      return events
    },
    newsFor({ accountId }: Account): AccountEvent[] {
      const news: AccountEvent[] = []
      bus.subscribe(accountTopic(accountId), (event) => news.push(event))
      return news
    },
  }
}
