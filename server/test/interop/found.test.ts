import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Place } from '../support/clients/index.ts'
import { NativeHttp } from '../support/native-http.ts'
import { until } from '../support/until.ts'
import { addressing, KINDS, type Participant, World } from './world.ts'

// A message that any dialect has sent is found by a search in native, by members alone.

let world: World
let people: readonly [Participant, Participant, Participant]
let searchers: readonly NativeHttp[]
before(async () => {
  world = await World.start()
  people = await Promise.all([world.join('ann'), world.join('ben'), world.join('eve')])
  searchers = await Promise.all(people.map((person) => searcherOf(person)))
})
after(() => world[Symbol.asyncDispose]())

async function searcherOf({ username, password }: Participant): Promise<NativeHttp> {
  const { url } = world.server
  const { session } = await new NativeHttp(url).ok('createSession', { body: { login: username, password } })
  return new NativeHttp(url, { token: session.token })
}

const found = async (searcher: NativeHttp | undefined, q: string): Promise<readonly string[]> => {
  const { items = [] } = (await searcher?.ok('searchMessages', { query: { q } })) ?? {}
  return items.map(({ message }) => message.body)
}

for (const { kind, opener, name } of KINDS)
  describe(`in a${kind === 'open' ? 'n' : ''} ${kind} conversation`, () => {
    let place: Place
    before(async () => {
      const [ann, ben] = people
      place = await world.open(ann, opener, { kind, others: [ben], ...(name !== undefined && { name }) })
    })

    for (const dialect of addressing(kind))
      test(`a message that was sent in ${dialect} is found by members, and by nobody else`, async () => {
        const [ann] = people
        const [first, second, stranger] = searchers
        const word = `${kind}${dialect}`
        await ann[dialect].send(place, `¡${word.toUpperCase()}!`)
        await until('the index', async () => (await found(first, word)).length === 1)
        assert.deepEqual(await found(second, word), [`¡${word.toUpperCase()}!`])
        assert.deepEqual(await found(stranger, word), [])
      })
  })
