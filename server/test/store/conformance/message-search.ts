import assert from 'node:assert/strict'
import type { Account, Conversation } from '../../../src/core/types.ts'
import { unitsOf } from '../../../src/lib/words.ts'
import {
  type Appended,
  type FoundMessages,
  type MessageSearch,
  senderTerm,
  termsOf,
} from '../../../src/store/store.ts'
import { until } from '../../support/until.ts'
import { present, type Rule, refuses, series, type World } from '../world.ts'

type Facts = Partial<Omit<MessageSearch, 'accountId'>>

/** Once every message up to the newest is indexed. */
async function page(world: World, { accountId }: Account, words: string, facts: Facts = {}) {
  const newest = await world.store.exports.lastMessageId()
  await until('the index', async () => (await world.store.search.indexedUpTo()) >= newest)
  const isPrefix = words.endsWith('*')
  const terms = termsOf(unitsOf(words), isPrefix)
  const search = { accountId, terms, after: 0, before: Number.MAX_SAFE_INTEGER, limit: 50, ...facts }
  return world.store.search.find(search)
}

const bodiesOf = ({ items }: FoundMessages): readonly string[] => items.map(({ body }) => body)

const found = async (world: World, account: Account, words: string, facts: Facts = {}) =>
  bodiesOf(await page(world, account, words, facts))

/** All pages. */
async function all(world: World, account: Account, words: string, limit: number): Promise<readonly string[]> {
  const bodies: string[] = []
  let before: number | null = Number.MAX_SAFE_INTEGER
  while (before !== null) {
    const next: FoundMessages = await page(world, account, words, { before, limit })
    assert.ok(next.items.length <= limit)
    assert.ok(next.before === null || next.before < before, 'each page goes on where the last one stopped')
    bodies.push(...bodiesOf(next))
    before = next.before
  }
  return bodies
}

export function messageSearchRules(rule: Rule): void {
  rule('finds words of messages, newest first, whatever their case and accents', async (world) => {
    const ann = await world.account('ann')
    const [group, other] = [await world.group(ann), await world.group(ann)]
    await world.send(group, ann, 'Crème brûlée')
    await world.send(other, ann, 'CREME, and brulee')
    await world.send(group, ann, 'nothing like it')
    assert.deepEqual(await found(world, ann, 'creme'), ['CREME, and brulee', 'Crème brûlée'])
    assert.deepEqual(await found(world, ann, 'brûlée crème'), ['CREME, and brulee', 'Crème brûlée'])
    assert.deepEqual(await found(world, ann, 'creme nothing'), [])
    assert.deepEqual(await found(world, ann, 'brul*'), ['CREME, and brulee', 'Crème brûlée'])
    assert.deepEqual(await found(world, ann, 'brul'), [])
    const { conversationId } = group
    assert.deepEqual(await found(world, ann, 'creme', { conversationId }), ['Crème brûlée'])
  })

  rule('finds characters of scripts without spaces, alone and together', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    for (const body of ['日本語を検索', '検査と索引', 'ภาษาไทย', '本']) await world.send(group, ann, body)
    assert.deepEqual(await found(world, ann, '検索'), ['日本語を検索'])
    assert.deepEqual(await found(world, ann, '本'), ['本', '日本語を検索'])
    assert.deepEqual(await found(world, ann, '索'), ['検査と索引', '日本語を検索'])
    assert.deepEqual(await found(world, ann, 'ไทย'), ['ภาษาไทย'])
  })

  rule("finds nothing of others' conversations, nor of one that was left", async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const [group, secret] = [await world.group(ann, bob), await world.group(bob)]
    for (const n of series(20)) await world.send(secret, bob, `treasure ${n}`)
    await world.send(group, bob, 'treasure here')
    const { conversationId } = secret
    assert.deepEqual(await found(world, ann, 'treasure'), ['treasure here'])
    assert.deepEqual(await page(world, ann, 'treasure', { conversationId }), {
      ...{ items: [], before: null, work: 0 },
    })
    const quiet = (await page(world, ann, 'no-such-word')).work
    assert.equal(
      (await page(world, ann, 'treasure')).work,
      quiet,
      'a word of others costs what no word costs',
    )
    await world.leave(group, ann)
    assert.deepEqual(await found(world, ann, 'treasure'), [])
  })

  rule('finds an edited text by its new words alone, and a deleted one never', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const { message: early } = await world.send(group, ann, 'before it was indexed')
    await world.edit(early, ann, 'soon')
    assert.deepEqual(await found(world, ann, 'soon'), ['soon'])
    assert.deepEqual(await found(world, ann, 'indexed'), [])
    await world.edit(early, ann, 'later')
    assert.deepEqual(await found(world, ann, 'soon'), [])
    assert.deepEqual(await found(world, ann, 'later'), ['later'])
    await world.delete(early.messageId, ann)
    assert.deepEqual(await found(world, ann, 'later'), [])
    const { message: hasty } = await world.send(group, ann, 'hasty')
    await world.delete(hasty.messageId, ann)
    assert.deepEqual(await found(world, ann, 'hasty'), [])
  })

  rule('finds by sender, and between ids', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const ids: number[] = []
    for (const n of series(6))
      ids.push((await world.send(group, n % 2 ? ann : bob, `tick ${n}`)).message.messageId)
    const terms = [...termsOf(unitsOf('tick'), false), senderTerm(bob.accountId)]
    assert.deepEqual(await found(world, ann, 'tick', { terms }), ['tick 6', 'tick 4', 'tick 2'])
    const [, two = 0, , , five = 0] = ids
    assert.deepEqual(await found(world, ann, 'tick', { after: two, before: five }), ['tick 4', 'tick 3'])
  })

  rule('knows about where in the log a time is', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const sent = await Promise.all(series(9).map((n) => world.send(group, ann, `${n}`)))
    for (const { message } of sent)
      assert.equal(await world.store.search.idFrom(message.sentAt), message.messageId)
    const last = present(sent.at(-1)).message
    assert.equal(await world.store.search.idFrom(last.sentAt + 1), last.messageId + 1)
    assert.equal(await world.store.search.idFrom(0), 1)
  })

  rule('pages through many conversations and cells without a hole or a double', async (world) => {
    const ann = await world.account('ann')
    const groups = await Promise.all(series(12).map(() => world.group(ann)))
    const sends: Promise<Appended>[] = []
    for (const n of series(9000)) {
      const group = present(n % 3 === 0 ? groups[n % groups.length] : groups[0])
      const body = n % 7 === 0 ? `needle ${n}` : `straw ${n}`
      sends.push(world.send(group, ann, body))
    }
    const sent = (await Promise.all(sends)).map(({ message }) => message)
    const needles = sent.filter(({ body }) => body.startsWith('needle'))
    const expected = needles.sort((one, other) => other.messageId - one.messageId).map(({ body }) => body)
    assert.deepEqual(await all(world, ann, 'needle', 17), expected)
    assert.deepEqual(await all(world, ann, 'needle', 500), expected)
    assert.deepEqual(await found(world, ann, '8996'), ['straw 8996'])
    assert.deepEqual(await found(world, ann, '7'), ['needle 7'])
  })

  rule('takes words of any length, and as many as a message has', async (world) => {
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const long = 'x'.repeat(3000)
    const many = series(1500).map((n) => `w${n}`)
    await world.send(group, ann, long)
    await world.send(group, ann, `${many.join(' ')} "' * AND (OR) NOT NEAR : & | ! <-> \\ ^ -`)
    assert.deepEqual(await found(world, ann, long), [long])
    assert.equal((await found(world, ann, 'w1500')).length, 1)
    for (const word of ['AND', 'or', 'NEAR', 'not'])
      assert.equal((await found(world, ann, word)).length, 1, word)
  })

  rule('takes the words of a removed account away with its messages', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group: Conversation = await world.group(ann, bob)
    const { message } = await world.send(group, bob, 'gone soon')
    assert.deepEqual(await found(world, ann, 'gone'), ['gone soon'])
    const { accountId } = bob
    const bonds = await world.store.removals.bondsOf(accountId)
    const removal = {
      accountId,
      uuid: 'new',
      old: 'hash',
      removesMessages: true,
      leavesNotices: false,
      at: world.now(),
      ...bonds,
    }
    await world.store.removals.remove(removal)
    const place = { conversationId: group.conversationId, seq: message.seq, senderId: accountId }
    await world.store.removals.takeBack({ ...place, at: world.now() })
    assert.deepEqual(await found(world, ann, 'gone'), [])
    await refuses(world.store.removals.takeBack({ ...place, at: world.now() }), 'unknown_message')
  })
}
