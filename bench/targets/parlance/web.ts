import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { conversationName } from '../../../server/src/dialects/native/names.ts'
import { inTurns } from '../../load/turns.ts'
import { chromiumIsMissing, launchChromium } from '../../measure/chromium.ts'
import { IN_PAGE } from '../../measure/page-frames.ts'
import type { Subject } from '../../target.ts'
import { sayAll } from './native-speaker.ts'
import { type Conversation, type Person, Seeding } from './seeding.ts'
import { startOn } from './server.ts'
import { createSqlite, type Storage } from './storage.ts'

const PAGE = join(import.meta.dirname, '../../../web/dist/index.html')
const AT_A_TIME = 5_000
/** Messages of the conversation that is opened beside the long one. */
const SHORT = 200

export const parlanceWeb: Subject = {
  name: 'parlance web',
  durability: 'synced',
  missing: () =>
    chromiumIsMissing() ??
    (existsSync(PAGE) ? undefined : 'the web client is not built: node web/build/index.ts'),
}

/** A reader at a browser, with a long conversation and a short one, in which a friend speaks. */
export interface ReaderWorld {
  /** The browser of the reader, who is signed in. */
  readonly context: BrowserContext
  readonly url: string
  /** The addresses of the two conversations. */
  readonly long: string
  readonly short: string
  /** Has the friend send those messages into the long one. Resolves when each is acknowledged. */
  say(bodies: readonly string[]): Promise<void>
  countStored(): Promise<number>
  [Symbol.asyncDispose](): Promise<void>
}

export async function startReaderWorld(messages: number): Promise<ReaderWorld> {
  await using opened = new AsyncDisposableStack()
  const storage = await createSqlite()
  opened.defer(() => storage.remove())
  const { reader, friend, long, short } = await seedConversations(storage, messages)
  const parlance = await startOn({ storage, conversations: [] })
  opened.defer(() => parlance.stop())
  const browser = await launchChromium()
  opened.defer(() => browser.close())
  const url = `http://127.0.0.1:${parlance.port}`
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    // The policy of the page forbids the code by which the bench waits.
    bypassCSP: true,
    // Else the files of each later page come from the worker's cache.
    serviceWorkers: 'block',
  })
  await context.addInitScript({ path: IN_PAGE })
  await context.addCookies([{ name: 'parlance', value: reader.nativeToken, url }])
  const addressOf = ({ conversationId }: Conversation) => `${url}/#/c/${conversationName(conversationId)}`
  const closing = opened.move()
  return {
    context,
    url,
    long: addressOf(long),
    short: addressOf(short),
    say: (bodies) =>
      sayAll(
        parlance.port,
        friend,
        bodies.map((body) => ({ conversation: long, body })),
      ),
    countStored: () => storage.countStored(),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

interface Seeded {
  readonly reader: Person
  readonly friend: Person
  readonly long: Conversation
  readonly short: Conversation
}

async function seedConversations(storage: Storage, messages: number): Promise<Seeded> {
  const store = await storage.openStore()
  try {
    const seeding = await Seeding.withPassword(store)
    const [reader, friend] = [await seeding.person('reader'), await seeding.person('friend')]
    const people = [friend, reader]
    const long = await seeding.conversation({ kind: 'group', name: 'long', people })
    const short = await seeding.conversation({ kind: 'group', name: 'short', people })
    await fill(seeding, long, messages)
    await fill(seeding, short, SHORT)
    return { reader, friend, long, short }
  } finally {
    await store.close()
  }
}

/** Both speak, and no message is as high as the next. */
async function fill(seeding: Seeding, conversation: Conversation, messages: number): Promise<void> {
  const reversed = { ...conversation, people: conversation.people.toReversed() }
  await inTurns(messages, AT_A_TIME, (n) => seeding.message(n % 3 === 0 ? reversed : conversation, talkOf(n)))
}

/** A text of a word to some lines, now and then with a list or code. ASCII, without quotes and backslashes. */
export function talkOf(n: number): string {
  const words = 'words of a message '.repeat((n * 7) % 23)
  if (n % 17 === 0) return `message ${n}\n- one\n- **two**\n- three`
  if (n % 29 === 0) return `message ${n} \`code\`\n${'a line\n'.repeat(n % 12)}`
  return `message ${n} ${words}`
}
