import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Place } from '../support/clients/index.ts'
import { refusalOf } from './refusals.ts'
import { addressing, type Participant, World } from './world.ts'

// Two people have one private conversation, whichever dialect opened it and in whichever direction.

let world: World
let pairs: Iterator<readonly [Participant, Participant]>
before(async () => {
  world = await World.start()
  const people: Participant[] = []
  for (const name of ['ann', 'ben', 'cat', 'dan', 'eve', 'fay']) people.push(await world.join(name))
  pairs = pairsOf(people)
})
after(() => world[Symbol.asyncDispose]())

function* pairsOf(people: readonly Participant[]): Generator<readonly [Participant, Participant]> {
  for (const [at, one] of people.entries()) for (const other of people.slice(at + 1)) yield [one, other]
}

/** Two who have nothing in common yet. */
function strangers(): readonly [Participant, Participant] {
  const { value } = pairs.next()
  assert.ok(value)
  return value
}

const CREATORS = ['messenger', 'channels'] as const
type Creator = (typeof CREATORS)[number]

const CHAT_EXISTS = {
  status: 403,
  body: {
    status_code: 403,
    details: {
      message: 'A private chat with this person already exists. You can not create another one.',
      code: 'CHAT_EXISTS',
    },
  },
}

/** Checks of the answer to a second opening. */
const AGAIN: Readonly<Record<Creator, (from: Participant, to: Participant, place: Place) => Promise<void>>> =
  {
    async messenger(from, to) {
      assert.deepEqual(await refusalOf(from.messenger.open(privatelyWith(to))), CHAT_EXISTS)
    },
    async channels(from, to, { creatorId, memberIds }) {
      const name = `private-chat_${creatorId}_${memberIds.find((id) => id !== creatorId)}`
      const json = { from_user: from.channels.id, to_user: to.channels.id }
      const { status, body } = await from.channels.ask('/api/request_chat', { json })
      assert.deepEqual(
        [status, body],
        [
          200,
          {
            ...json,
            from_user_notification_channel: `private-notification_user_${from.channels.id}`,
            to_user_notification_channel: `private-notification_user_${to.channels.id}`,
            channel_name: name,
          },
        ],
      )
    },
  }

for (const first of CREATORS) {
  for (const second of CREATORS) {
    for (const direction of ['by the same person', 'by the other person']) {
      test(`a conversation opened in ${first} is the one that is opened again in ${second} ${direction}`, async () => {
        const [ann, ben] = strangers()
        const place = await world.open(ann, first, { kind: 'private', others: [ben] })
        assert.deepEqual(
          [place.kind, place.creatorId, place.memberIds],
          ['private', ann.account.accountId, [ann.account.accountId, ben.account.accountId]],
        )
        const [from, to] = direction === 'by the same person' ? [ann, ben] : [ben, ann]
        await AGAIN[second](from, to, place)
        assert.deepEqual(await sharedBy(ann, ben), [place.conversationId])
      })
    }
  }
}

test('opened at once by both people in both dialects it is still one', async () => {
  const [ann, ben] = strangers()
  const directions = [
    [ann, ben],
    [ben, ann],
  ] as const
  const openings = directions.flatMap(([from, to]) =>
    CREATORS.map((creator) => refusalOf(from[creator].open(privatelyWith(to)))),
  )
  const refusals = (await Promise.all(openings)).filter((answer) => answer !== undefined)
  for (const refusal of refusals) assert.deepEqual(refusal, CHAT_EXISTS)
  assert.equal((await sharedBy(ann, ben)).length, 1)
})

describe('a group of two', () => {
  for (const [opener, name] of [
    ['chatapp', undefined],
    ['messenger', 'just us'],
  ] as const) {
    test(`opened in ${opener} is not their private conversation`, async () => {
      const [ann, ben] = strangers()
      const group = await world.open(ann, opener, { kind: 'group', others: [ben], ...(name && { name }) })
      const place = await world.open(ann, 'channels', { kind: 'private', others: [ben] })
      assert.notEqual(place.conversationId, group.conversationId)
      for (const dialect of addressing('group')) await ann[dialect].send(group, `to the group, ${dialect}`)
      assert.deepEqual(await ben.channels.history(place), [])
    })
  }
})

const privatelyWith = ({ account: { username, accountId } }: Participant) =>
  ({ kind: 'private', others: [{ username, accountId }] }) as const

/** The ids of the conversations that both are in. */
async function sharedBy(one: Participant, other: Participant): Promise<readonly number[]> {
  const idsOf = ({ account }: Participant) => world.server.chat.conversations.idsOf(account.accountId)
  const theirs = new Set(await idsOf(other))
  return (await idsOf(one)).filter((id) => theirs.has(id))
}
