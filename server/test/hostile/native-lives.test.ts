import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Resume } from '@parlance/protocol'
import fc from 'fast-check'
import { deep } from '../support/deep.ts'
import { NativeHttp, unique } from '../support/native-http.ts'
import { NativeSocket } from '../support/native-socket.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'
import { metric } from './server/fortress.ts'

// Connections that do the right things in any order, and end anywhere: each is told why it is closed, hears nothing that
// is another's, and leaves nothing behind.

const SECRET = 'nobody else’s'

let server: TestServer
let ann: NativeHttp
let eve: NativeHttp
/** Conversations of ann's, of eve's and of both. */
let anns: string
let eves: string
let shared: string
let epoch: string
let witness: NativeSocket
before(async () => {
  server = await startParlance()
  ann = await NativeHttp.register(server.url, unique('ann'))
  eve = await NativeHttp.register(server.url, unique('eve'))
  const [a, e, s] = [await ann.group(), await eve.group(), await ann.group(eve)]
  ;[anns, eves, shared] = [a.id, e.id, s.id]
  for (let n = 0; n < 30; n++) {
    await ann.send(a, SECRET)
    await eve.send(e, `eve’s ${n}`)
    await ann.send(s, `both’s ${n}`)
  }
  witness = await NativeSocket.live(server.url, ann.token ?? '')
  epoch = (await witness.next('ready')).epoch
})
after(async () => {
  await witness.close()
  await server.close()
})

const numbers = fc.constantFrom(0, 1, 5, 29, 31, 32, 1_000, 999_999_999_999_999)

/** A client says that it has any of these: its own, those of others, and those that never were. */
const resumes = (): fc.Arbitrary<Resume> =>
  fc.record({
    epoch: fc.constantFrom(epoch, epoch, epoch, 'another'),
    cursor: numbers,
    conversations: fc.dictionary(
      fc.constantFrom(anns, eves, shared, 'c_99999', 'c_999999999999999'),
      numbers,
      { noNullPrototype: true },
    ),
  })

describe('a hello', () => {
  const VALUES = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>(-1, 1.5, 2 ** 53, '', 'plt_x', 'x'.repeat(600), null, {}, [], {
      epoch: 'x',
      cursor: 1,
      conversations: { __proto__: null, constructor: 1 },
    }),
  )

  test('bears anything', async () => {
    const names = ['op', 'token', 'resume', 'id', '__proto__', 'constructor', 'x']
    const frames = fc.dictionary(fc.constantFrom(...names), VALUES, { maxKeys: 3, noNullPrototype: true })
    await fc.assert(
      fc.asyncProperty(frames, async (frame) => {
        const socket = new NativeSocket(server.url)
        await socket.send({ op: 'hello', token: eve.token, ...frame })
        const outcome = await Promise.race([
          socket.closed,
          socket.next('live').then(
            () => undefined,
            () => socket.closed,
          ),
        ])
        if (outcome) assert.match(`${outcome.code} ${outcome.reason}`, /^(4000 bad_frame: #|4001|4003)/)
        else await socket.close()
      }),
      { numRuns: deep(150) },
    )
    await witness.ok('ping')
  })

  test('is told of each conversation that it names, once, and of nobody else’s', async () => {
    await fc.assert(
      fc.asyncProperty(resumes(), async (resume) => {
        const socket = await NativeSocket.live(server.url, eve.token ?? '', resume)
        const ops = socket.frames.map(({ op }) => op)
        assert.equal(ops[0], 'ready')
        assert.deepEqual(ops.slice(-2), ['resumed', 'live'])
        const isKnown = resume.epoch === epoch
        for (const [name, known] of Object.entries(resume.conversations)) {
          const told = socket.frames.filter(({ conversation }) => conversation === name)
          const last = told.at(-1)
          if (!isKnown) assert.deepEqual(told, [])
          else if (name !== eves && name !== shared)
            assert.deepEqual(told, [{ op: 'gone', conversation: name }])
          else if (known > 31) assert.equal(last?.op, 'gap')
          else assert.deepEqual([last?.op, last?.done, last?.upTo], ['changes', true, 31])
        }
        assert.equal(JSON.stringify(socket.frames).includes(SECRET), false)
        await socket.close()
      }),
      { numRuns: deep(60) },
    )
  })

  test('names a thousand conversations, and not one more', async () => {
    const names = Array.from({ length: 1_001 }, (_, n) => [`c_${1_000_000 + n}`, n] as const)
    const resumeOf = (count: number) => ({
      epoch,
      cursor: 0,
      conversations: Object.fromEntries(names.slice(0, count)),
    })
    const socket = await NativeSocket.live(server.url, eve.token ?? '', resumeOf(1_000))
    assert.equal(socket.frames.filter(({ op }) => op === 'gone').length, 1_000)
    await socket.close()
    const refused = new NativeSocket(server.url)
    await refused.send({ op: 'hello', token: eve.token, resume: resumeOf(1_001) })
    assert.match((await refused.closed).reason, /^bad_frame: #\/resume\/conversations/)
  })
})

type Step =
  | { readonly do: 'hello'; readonly resume: Resume | undefined; readonly token: 'eve' | 'wrong' }
  | { readonly do: 'ask'; readonly op: string; readonly of: 'anns' | 'eves' | 'shared' }
  | { readonly do: 'wait' | 'nonsense' | 'close' | 'vanish' }

const steps = (): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('hello' as const),
        resume: fc.option(resumes(), { nil: undefined }),
        token: fc.constantFrom<('eve' | 'wrong')[]>('eve', 'eve', 'eve', 'wrong'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('ask' as const),
        op: fc.constantFrom('message.send', 'read', 'typing', 'watch', 'conversation.open', 'ping'),
        of: fc.constantFrom('anns' as const, 'eves' as const, 'shared' as const),
      }),
    },
    { weight: 2, arbitrary: fc.constantFrom<Step[]>({ do: 'wait' }, { do: 'close' }, { do: 'vanish' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ do: 'nonsense' }) },
  )

const fieldsOf = (op: string, conversation: string): object =>
  ({
    'message.send': { conversation, body: 'hello', clientId: unique('draft') },
    read: { conversation, seq: 3 },
    typing: { conversation },
    watch: { conversations: [conversation], accounts: [ann.id] },
    'conversation.open': { conversation, limit: 5 },
    ping: {},
  })[op] ?? {}

/** Takes the steps on one connection, each whether or not those before have been answered. */
async function live(life: readonly Step[]): Promise<void> {
  const socket = new NativeSocket(server.url)
  let asked = 0
  let greeted = 0
  for (const step of life) {
    if (socket.ws.readyState > socket.ws.OPEN) break
    if (step.do === 'hello') {
      greeted++
      const token = step.token === 'eve' ? eve.token : 'plt_wrong'
      await socket.send({ op: 'hello', token, ...(step.resume && { resume: step.resume }) })
    } else if (step.do === 'ask') {
      const conversation = { anns, eves, shared }[step.of]
      await socket.send({ id: ++asked, op: step.op, ...fieldsOf(step.op, conversation) })
    } else if (step.do === 'nonsense') await socket.send('nonsense')
    else if (step.do === 'close') socket.ws.close()
    else if (step.do === 'vanish') socket.ws.terminate()
    else
      await Promise.race([
        socket.closed,
        until('a word', () => socket.frames.length > 0, 300).catch(() => undefined),
      ])
  }
  if (socket.ws.readyState <= socket.ws.OPEN) {
    if (greeted === 0) await socket.send({ op: 'hello', token: eve.token })
    // By now it is live, or has been told why not.
    await Promise.race([socket.closed, socket.next('live').catch(() => undefined)])
    socket.ws.close()
  }
  const { code, reason } = await socket.closed
  assert.match(`${code} ${reason}`, /^(100[056] |4000 bad_frame: #|4001 not_authorized|4003 hello_expected)/)
  assert.equal(JSON.stringify(socket.frames).includes(SECRET), false, 'what is another’s was told')
}

test('connections live in any order, several at once, and leave nothing behind', async () => {
  const heardBefore = witness.frames.length
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(steps(), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
      async (lives) => {
        await Promise.all(lives.map(live))
      },
    ),
    { numRuns: deep(60) },
  )
  await until('all to be gone', async () => (await metric(server.url, 'parlance_connections')) === 1)
  const accountId = (await server.chat.accounts.findByUsername(await nameOf(eve)))?.accountId ?? assert.fail()
  await until('nobody to be online', async () => !(await server.chat.presence.isOnline(accountId)))
  await witness.ok('ping')
  // The witness heard each event of the shared conversation once and in order, and nothing of eve's own.
  const heard = witness.frames.slice(heardBefore).filter(({ op }) => op === 'event')
  assert.ok(heard.every(({ conversation }) => conversation === shared))
  assert.deepEqual(
    heard.map(({ change }) => change),
    heard.map((_, n) => Number(heard[0]?.change) + n),
  )
})

const nameOf = async (who: NativeHttp): Promise<string> => (await who.ok('getMe')).username
