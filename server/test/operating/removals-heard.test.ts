import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { conversationIdIn } from '../../src/dialects/native/names.ts'
import { type NativePerson, NativeWorld } from '../dialects/native-world.ts'
import { parlance } from '../support/command.ts'
import { startRedis } from '../support/engines/index.ts'
import { OPERATED_STORES } from '../support/operated-stores.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'

// Deletions by operators while servers run: clients of whoever it concerns hear of it, at whichever node.

interface Places {
  /** Two nodes on PostgreSQL; the same one twice on SQLite. */
  readonly here: NativeWorld
  readonly there: NativeWorld
  readonly options: readonly string[]
}

async function open(t: TestContext, store: string): Promise<Places> {
  const opened = new AsyncDisposableStack()
  t.after(() => opened.disposeAsync())
  // The last opened is the first to close: servers before their database.
  const owner = { after: (close: () => void | Promise<void>) => opened.defer(async () => close()) }
  const { settings, options } = (await OPERATED_STORES[store]?.(owner)) ?? assert.fail(store)
  const start = async (more: Readonly<Record<string, string>> = {}) => {
    const world = new NativeWorld(await startParlance({ ...settings, ...more }))
    opened.defer(() => world.close())
    return world
  }
  if (store === 'SQLite') {
    const here = await start()
    return { here, there: here, options }
  }
  const { engine, ...redis } = await startRedis()
  opened.defer(() => redis[Symbol.asyncDispose]())
  const [here, there] = [await start({ REDIS_URL: engine.url }), await start({ REDIS_URL: engine.url })]
  return { here, there, options }
}

async function operate(t: TestContext, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await parlance(t, ...args)
  assert.equal(code, 0, stderr)
}

const contactsOf = async (world: NativeWorld, who: NativePerson) =>
  (await world.ask<{ items: { id: string }[] }>(who, 'GET /v1/contacts')).items.map(({ id }) => id)

for (const store of Object.keys(OPERATED_STORES))
  describe(`on ${store}`, () => {
    test('contacts of an account that an operator deletes hear of it at once, and nobody is logged out', async (t) => {
      const { here, there, options } = await open(t, store)
      const [ann, bob, ned] = [await here.join('ann'), await here.join('bob'), await here.join('ned')]
      for (const who of [ann, bob]) await here.ask(who, `PUT /v1/contacts/${ned.id}`)
      const clients = [await here.connect(ann), await there.connect(bob)]
      for (const client of clients)
        assert.equal(client.frames.filter(({ type }) => type === 'contact.changed').length, 0)
      await operate(t, 'accounts', 'delete', ned.username, '--yes', '--messages', 'keep', ...options)
      for (const client of clients) {
        await client.find('the end of the contact', ({ type, data }) => {
          return type === 'contact.changed' && data.id === ned.id && data.gone
        })
        await client.ok('ping')
      }
      assert.deepEqual(await contactsOf(there, bob), [])
    })

    test('members of a conversation that an operator deletes hear of it live, when they come back, and in the changes', async (t) => {
      const { here, there, options } = await open(t, store)
      const [ann, bob, cyd] = [await here.join('ann'), await here.join('bob'), await here.join('cyd')]
      const conversation = await here.group(ann, bob, cyd)
      const [a, b] = [await here.connect(ann), await there.connect(bob)]
      for (let n = 0; n < 120; n += 1) await a.say(conversation, `words ${n}`)
      const gone = await there.connect(cyd)
      const { epoch, cursor = 0 } = await gone.next('ready')
      await gone.close()
      await operate(t, 'conversations', 'delete', conversation, '--yes', ...options)
      for (const client of [a, b])
        await client.find('the end of the membership', ({ type, data }) => {
          return type === 'left' && data.conversation === conversation
        })
      const { conversations } = here.server.chat
      await until('all of it to be gone', async () => {
        const { firstSeq, lastSeq } =
          (await conversations.find(conversationIdIn(conversation))) ?? assert.fail()
        return firstSeq > lastSeq
      })
      const back = await there.connect(cyd, { epoch, cursor, conversations: { [conversation]: 1 } })
      const { items = [] } = await back.next('state')
      assert.deepEqual(
        items.map(({ type, data }: { type: string; data: object }) => [type, data]),
        [['left', { conversation }]],
      )
      assert.deepEqual(
        back.frames.filter(({ op }) => op === 'gone').map((frame) => frame.conversation),
        [conversation],
      )
      await assert.rejects(
        there.ask(cyd, `GET /v1/conversations/${conversation}/changes?after=1`),
        /"status":404/,
      )
    })
  })
