import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { NativeHttp } from '../../../server/test/support/native-http.ts'
import type { Owner } from '../../../server/test/support/owner.ts'
import { startParlance, type TestServer } from '../../../server/test/support/server.ts'
import { writeEmptyDatabase } from '../../../server/test/support/sqlite.ts'
import { tempDir } from '../../../server/test/support/temp-dir.ts'
import { upload } from '../../../server/test/support/uploads.ts'
import { DESKTOP, openBrowser, PASSWORD } from './browser.ts'
import { fillLog } from './fill-log.ts'
import { pictureOf } from './picture.ts'

/** Numbers from 0 up to 1 that a seed decides. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A text of a line to forty, and mostly of few. */
const bodyBy = (random: () => number, number: number): string => {
  const lines = Math.floor(random() ** 5 * 40)
  const words = Math.floor(random() ** 3 * 24)
  return `message ${number} ${'words '.repeat(words)}\n${'a line\n'.repeat(lines)}`
}

interface Opening {
  readonly device?: BrowserContextOptions
  /** Readies the page before it has an address. */
  readonly prepare?: (page: Page) => Promise<unknown>
}

/** Ada, beside a conversation with Ben of very many messages, of which she has yet to read the last. */
export class LongWorld {
  readonly count: number
  readonly newBody: (number: number) => string
  readonly #settings: Readonly<Record<string, string>>
  readonly #browser: Browser
  readonly #ada: BrowserContext
  readonly #people: { readonly ada: NativeHttp; readonly ben: NativeHttp }
  /** The ids of the long conversation, and of an empty one. */
  readonly #ids: readonly [long: string, short: string]
  #server: TestServer

  private constructor(parts: {
    count: number
    random: () => number
    settings: Readonly<Record<string, string>>
    browser: Browser
    ada: BrowserContext
    people: { readonly ada: NativeHttp; readonly ben: NativeHttp }
    ids: readonly [string, string]
    server: TestServer
  }) {
    this.count = parts.count
    this.newBody = (number) => bodyBy(parts.random, number)
    this.#settings = parts.settings
    this.#browser = parts.browser
    this.#ada = parts.ada
    this.#people = parts.people
    this.#ids = parts.ids
    this.#server = parts.server
  }

  static async make(owner: Owner, { count, unread }: { count: number; unread: number }): Promise<LongWorld> {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
    const random = seeded(seed)
    const directory = await tempDir(owner)
    const DBPATH = join(directory, 'parlance.db')
    writeEmptyDatabase(DBPATH)
    const first = await startParlance({ DBPATH })
    const settings = { DBPATH, PORT: String(first.port) }
    const [ada, ben, cleo] = await Promise.all([
      NativeHttp.register(first.url, 'ada', { displayName: 'Ada Lovelace' }),
      NativeHttp.register(first.url, 'ben', { displayName: 'Ben Okri' }),
      NativeHttp.register(first.url, 'cleo', { displayName: 'Cleo' }),
    ])
    const [long, short] = [await ada.private(ben), await ada.private(cleo)]
    await first.close()
    fillLog(DBPATH, {
      conversationId: numberOf(long.id),
      senders: [ben.id, ben.id, ada.id].map(numberOf),
      count,
      bodyOf: (number) => bodyBy(random, number),
      readUpTo: count - unread,
    })
    const browser = await openBrowser(owner)
    const context = await browser.newContext({ locale: 'en-GB', ...DESKTOP })
    const server = await startParlance(settings)
    const world = new LongWorld({
      ...{ count, random, settings, browser, ada: context, people: { ada, ben }, server },
      ids: [long.id, short.id],
    })
    owner.after(() => world.#server.close())
    const data = { login: 'ada', password: PASSWORD, cookie: true }
    const headers = { origin: server.url }
    const answer = await context.request.post(`${server.url}/v1/sessions`, { data, headers })
    assert.equal(answer.status(), 201, `SEED=${seed}`)
    return world
  }

  get url(): string {
    return this.#server.url
  }

  /** The address of the long conversation, or of a message in it. */
  long(seq?: number): string {
    return `${this.url}/#/c/${this.#ids[0]}${seq === undefined ? '' : `/${seq}`}`
  }

  /** The address of the empty conversation. */
  get short(): string {
    return `${this.url}/#/c/${this.#ids[1]}`
  }

  /** One more tab of Ada's browser, or another device of hers, with messages in view. It is closed when its owner ends. */
  async open(owner: Owner, address: string, { device, prepare }: Opening = {}): Promise<Page> {
    const context = device ? await this.#newDevice(device) : this.#ada
    const page = await context.newPage()
    const errors: string[] = []
    page.on('pageerror', ({ message }) => errors.push(message))
    owner.after(async () => {
      await (device ? context.close() : page.close())
      assert.deepEqual(errors, [])
    })
    await prepare?.(page)
    await page.goto(address)
    await page.locator('.messages article').first().waitFor()
    return page
  }

  async #newDevice(device: BrowserContextOptions): Promise<BrowserContext> {
    const storageState = await this.#ada.storageState()
    return this.#browser.newContext({ locale: 'en-GB', ...device, storageState })
  }

  /** Says something as Ben; the answer is the place of the message. */
  async say(body: string, attachments: readonly string[] = []): Promise<number> {
    const draft = { clientId: randomUUID(), body, attachments: [...attachments] }
    const { seq } = await this.#people.ben.ok('sendMessage', { params: { c: this.#ids[0] }, body: draft })
    return seq
  }

  /** Marks all as read, as another device of Ada's may. */
  async readAll(): Promise<void> {
    const params = { c: this.#ids[0] }
    const { lastSeq } = await this.#people.ada.ok('getConversation', { params })
    await this.#people.ada.ok('markRead', { params, body: { seq: lastSeq } })
  }

  async edit(seq: number, body: string): Promise<void> {
    await this.#people.ben.ok('editMessage', { params: { c: this.#ids[0], seq }, body: { body } })
  }

  /** Uploads a picture as Ben; the answer is its id. */
  picture(): Promise<string> {
    return upload(this.#people.ben, pictureOf(320, 240), { name: 'picture.png', type: 'image/png' })
  }

  /** Ends the server, and starts another one on its database and its port. */
  async restart(meanwhile: () => Promise<unknown>): Promise<void> {
    await this.#server.close()
    await meanwhile()
    this.#server = await startParlance(this.#settings)
  }
}

const numberOf = (id: string): number => Number(id.slice(2))
