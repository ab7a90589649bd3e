import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { MAX_FRAME_BYTES, REQUESTS, type RequestOp } from '@parlance/protocol'
import fc from 'fast-check'
import { Compile } from 'typebox/compile'
import { Examples } from '../../src/dialects/native/documents/examples.ts'
import { deep } from '../support/deep.ts'
import { type NativeFrame, NativeSocket } from '../support/native-socket.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { Victim } from './native-world.ts'

// A connection that has said hello may say anything next. It is answered by the frame's own `id`, or closed with the code
// for a frame that names no request; what is refused has changed nothing, and no other connection notices.

const RUNS = { numRuns: deep(40) }
const OPS = Object.keys(REQUESTS) as readonly RequestOp[]

let server: TestServer
let witness: NativeSocket
before(async () => {
  server = await startParlance()
  const { http } = await Victim.in(server)
  witness = await NativeSocket.live(server.url, http.token ?? '')
})
after(async () => {
  await witness.close()
  await server.close()
})

const VALUES = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom<unknown>(
    ...[0, -1, -0, 1.5, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 1e308, true, null, '', '\0', '\ud800', {}, [], [[]]],
    ...['c_0', 'c_1', 'c_01', 'c_999999999999999', 'c_9999999999999999', 'a_1', '__proto__', 'x'.repeat(70)],
  ),
)
const STRANGE = ['__proto__', 'constructor', 'toString', 'length', 'id', 'op', 're', 'x', '']

/** A frame of the kind with some of its fields, some of them otherwise, and some that it does not have. */
function framesOf(op: RequestOp, c: string): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const { schema } = REQUESTS[op]
  const example = new Examples({}).of(schema) as Readonly<Record<string, unknown>>
  const fitting = { ...example, id: 7, ...('conversation' in schema.properties && { conversation: c }) }
  const names = Object.keys(schema.properties).filter((name) => name !== 'op')
  return fc
    .record({
      without: fc.subarray(names, { maxLength: 1 }),
      otherwise: fc.dictionary(fc.constantFrom(...names, ...STRANGE), VALUES, {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    })
    .map(({ without, otherwise }) => {
      const kept = Object.entries(fitting).filter(([name]) => !without.includes(name))
      return Object.fromEntries([...kept, ...Object.entries(otherwise)])
    })
}

interface Outcome {
  /** Frames that answer, in order, without that of the ping behind them. */
  readonly answers: readonly NativeFrame[]
  /** How the connection was closed. */
  readonly close: { readonly code: number; readonly reason: string } | undefined
}

/** One who says what nobody should, on a connection that is made anew when it was closed. */
class Offender {
  readonly victim: Victim
  #socket: NativeSocket | undefined
  #pings = 0

  private constructor(victim: Victim) {
    this.victim = victim
  }

  static async come(): Promise<Offender> {
    return new Offender(await Victim.in(server))
  }

  /** A ping follows: what is answered before it answers the text. */
  async say(...texts: readonly (string | Buffer)[]): Promise<Outcome> {
    this.#socket ??= await NativeSocket.live(server.url, this.victim.http.token ?? '')
    const socket = this.#socket
    const heard = socket.frames.length
    for (const text of texts) socket.ws.send(text, { binary: typeof text !== 'string' })
    const id = `ping ${++this.#pings}`
    await socket.send({ id, op: 'ping' })
    const ponged = socket.find('the answer to a ping', ({ re }) => re === id).then(() => undefined)
    const close = await Promise.race([ponged.catch(() => socket.closed), socket.closed])
    if (close) this.#socket = undefined
    const answers = socket.frames.slice(heard).filter(({ re }) => re !== undefined && re !== id)
    return { answers, close }
  }

  async leave(): Promise<void> {
    await this.#socket?.close()
  }
}

/** The id by which a frame is answered; undefined where it has none that can be used. */
function idOf(frame: unknown): unknown {
  const id = Object.hasOwn(Object(frame), 'id') ? Reflect.get(Object(frame), 'id') : undefined
  if (typeof id === 'string') return id !== '' && id.length <= 64 ? id : undefined
  return Number.isSafeInteger(id) && Number(id) >= 0 ? id : undefined
}

function assertAnswered(text: string, { answers, close }: Outcome): void {
  const frame: unknown = JSON.parse(text)
  const id = idOf(frame)
  const op = Object.hasOwn(Object(frame), 'op') ? Reflect.get(Object(frame), 'op') : undefined
  const kind = OPS.find((one) => one === op)
  const isValid = kind !== undefined && Compile(REQUESTS[kind].schema).Check(frame)
  if (id === undefined && !isValid) {
    assert.equal(close?.code, 4000, text)
    assert.match(close?.reason ?? '', /^bad_frame: #/, text)
    return
  }
  assert.equal(close, undefined, `${text}: ${JSON.stringify(close)}`)
  assert.equal(answers.length, id === undefined ? 0 : 1, `${text}: ${JSON.stringify(answers)}`)
  const [answer] = answers
  if (!answer) return
  assert.equal(answer.re, id, text)
  if (answer.ok) assert.ok(isValid, text)
  else {
    assert.ok((answer.error?.status ?? 500) < 500, `${text}: ${JSON.stringify(answer)}`)
    if (!isValid) {
      assert.equal(answer.error?.code, 'invalid_request', `${text}: ${JSON.stringify(answer)}`)
      assert.ok((answer.error?.errors?.length ?? 0) > 0, text)
    }
  }
}

const isWell = (): Promise<unknown> => witness.ok('ping')

for (const op of OPS)
  describe(op, () => {
    let offender: Offender
    before(async () => {
      offender = await Offender.come()
    })
    after(() => offender.leave())

    test('bears anything in its fields', async () => {
      const { victim } = offender
      await fc.assert(
        fc.asyncProperty(framesOf(op, victim.c), async (frame) => {
          const text = JSON.stringify(frame)
          const state = await victim.state()
          const outcome = await offender.say(text)
          assertAnswered(text, outcome)
          if (outcome.close || outcome.answers[0]?.error) assert.deepEqual(await victim.state(), state, text)
        }),
        RUNS,
      )
      await isWell()
    })

    test('names each field that it does not know', async () => {
      const example = JSON.stringify({ ...(new Examples({}).of(REQUESTS[op].schema) as object), id: 7 })
      for (const name of ['bodyy', '__proto__', 'constructor', 'a/b', '\0', '']) {
        // Written by hand, so that `__proto__` is a field.
        const text = `${example.slice(0, -1)},${JSON.stringify(name)}:1}`
        const { answers } = await offender.say(text)
        const pointers = answers[0]?.error?.errors?.map(({ pointer }) => pointer)
        const pointer = `#/${encodeURIComponent(name.replaceAll('/', '~1'))}`
        assert.ok(pointers?.includes(pointer), `${text}: ${JSON.stringify(answers)}`)
      }
    })
  })

describe('any connection', () => {
  let offender: Offender
  before(async () => {
    offender = await Offender.come()
  })
  after(() => offender.leave())

  test('bears any JSON', async () => {
    const shaped = fc.record(
      { id: VALUES, op: fc.oneof(fc.constantFrom(...OPS, 'hello', '__proto__', 'toString'), VALUES) },
      { requiredKeys: [], noNullPrototype: true },
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof(shaped, VALUES), async (value) => {
        const text = JSON.stringify(value)
        assertAnswered(text, await offender.say(text))
      }),
      { numRuns: deep(200) },
    )
    await isWell()
  })

  test('is closed for what is no JSON object', async () => {
    const texts = [
      '',
      ' ',
      '{',
      '{}}',
      "{'op':'ping'}",
      '[{"op":"ping"}]',
      'null',
      '7',
      '\ufeff{"op":"ping"}',
      '\0',
    ]
    for (const text of texts) {
      const { close } = await offender.say(text)
      assert.deepEqual(close, { code: 4000, reason: 'bad_frame: # is no JSON object' }, JSON.stringify(text))
    }
    await isWell()
  })

  test('is closed for a binary frame', async () => {
    for (const bytes of [Buffer.from('{"id":1,"op":"ping"}'), Buffer.alloc(0), Buffer.from([0, 255, 1])]) {
      const { close } = await offender.say(bytes)
      assert.deepEqual(close, { code: 4000, reason: 'bad_frame: # is no text' })
    }
    await isWell()
  })

  test('may say 128 KiB at once, and not a byte more', async () => {
    const ping = '{"id":"long","op":"ping"}'
    const { answers } = await offender.say(ping.padEnd(MAX_FRAME_BYTES))
    assert.deepEqual(answers, [{ re: 'long', ok: {} }])
    // Bytes count, not characters.
    for (const text of [ping.padEnd(MAX_FRAME_BYTES + 1), `{"x":"${'é'.repeat(MAX_FRAME_BYTES / 2)}"}`])
      assert.equal((await offender.say(text)).close?.code, 1009)
    await isWell()
  })

  test('may nest as deep as a frame is long', async () => {
    const depth = 60_000
    const deep = `{"id":7,"op":"watch","accounts":[],"conversations":${'['.repeat(depth)}${']'.repeat(depth)}}`
    const { answers } = await offender.say(deep)
    assert.deepEqual(
      answers.map(({ re, error }) => [re, error?.code]),
      [[7, 'invalid_request']],
    )
    await isWell()
  })

  test('is told of at most a hundred faults, whatever it says', async () => {
    const conversations = Array.from({ length: 5_000 }, (_, n) => `x${n}`)
    const many = JSON.stringify({ id: 7, op: 'watch', conversations, accounts: conversations })
    const fields = Object.fromEntries(conversations.map((name) => [name, 1]))
    for (const text of [many, JSON.stringify({ id: 7, op: 'ping', ...fields })]) {
      const { answers, close } = await offender.say(text)
      assert.equal(close, undefined)
      const count = answers[0]?.error?.errors?.length ?? 0
      assert.ok(count > 0 && count <= 100, JSON.stringify(answers).slice(0, 500))
      assert.ok(JSON.stringify(answers[0]).length < 32 * 1024)
    }
    await isWell()
  })

  test('is answered for each request, also when they have one id', async () => {
    const { c } = offender.victim
    const draft = { id: 1, op: 'message.send', conversation: c, body: 'same' }
    const frames = [
      { ...draft, clientId: 'a' },
      { id: 1, op: 'read', conversation: c, seq: 1 },
      { ...draft, clientId: 'b', body: '' },
      { ...draft, clientId: 'a' },
      { id: 1, op: 'nonsense' },
      { id: 1, op: 'ping' },
    ]
    const { answers } = await offender.say(...frames.map((frame) => JSON.stringify(frame)))
    assert.ok(answers.every(({ re }) => re === 1))
    assert.deepEqual(
      answers.map(({ ok, error }) => (ok ? 'ok' : error?.code)),
      ['ok', 'ok', 'invalid_request', 'ok', 'invalid_request', 'ok'],
    )
    assert.equal(answers[0]?.ok?.seq, answers[3]?.ok?.seq)
  })
})
