import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../../src/server.ts'
import { NativeHttp, unique } from '../support/native-http.ts'
import { startParlance } from '../support/server.ts'

test('each limit is what its setting says, and the others are as usual', () => {
  assert.deepEqual(readConfig({ LIMIT_SEND: '7/0.5', LIMIT_PUSH_FROM: '900/20' }).rates, {
    send: { burst: 7, perSecond: 0.5 },
    pushFrom: { burst: 900, perSecond: 20 },
  })
  assert.deepEqual(readConfig({}).rates, {})
})

for (const text of ['1000', '0/1', '1/0', '-1/1', '1.5/1', '1/', '/1', '1e3/1', '1/2/3', '1/0.0001', 'x/y'])
  test(`${text} is refused with one sentence`, () => {
    assert.throws(() => readConfig({ LIMIT_SEND: text }), {
      name: 'SettingRefusal',
      message: `LIMIT_SEND is "${text}"; write how many at once and how many a second then, both above 0, such as 1000/50.`,
    })
  })

test("a slip in the name of one is refused, and what begins alike and is another program's is left alone", () => {
  assert.throws(
    () => readConfig({ LIMIT_SENT: '1/1' }),
    /^SettingRefusal: LIMIT_SENT is not a setting; LIMIT_SEND is\.$/,
  )
  readConfig({ LIMIT_CONCURRENCY_OF_SOMETHING: 'x' })
})

test('a server heeds it, says it in its answers, and counts what it has refused', async (t) => {
  const server = await startParlance({ PARLANCE_RATE_LIMITS: 'on', LIMIT_EDIT: '2/0.01' })
  t.after(() => server.close())
  const ann = await NativeHttp.register(server.url, unique('ann'))
  const group = await ann.group()
  const { seq } = await ann.send(group, 'one')
  const edit = () =>
    fetch(`${server.url}/v1/conversations/${group.id}/messages/${seq}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ body: 'another' }),
    })
  const answers = [await edit(), await edit(), await edit()]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 429],
  )
  assert.equal(answers[0]?.headers.get('ratelimit-policy'), '"edit";q=2;w=200')
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  assert.match(metrics, /^parlance_rate_limited_total\{limit="edit"\} 1$/m)
})
