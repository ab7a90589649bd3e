import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { OPERATIONS, type Operation } from '@parlance/protocol'
import { Victim } from '../hostile/native-world.ts'
import { documentedFetch } from '../support/documented.ts'
import { startParlance, type TestServer } from '../support/server.ts'

const ALL: readonly Operation[] = Object.values(OPERATIONS)
const PATHS = new Set(ALL.map(({ path }) => path))

let server: TestServer
let victim: Victim
before(async () => {
  server = await startParlance()
  victim = await Victim.in(server)
})
after(() => server.close())

/** Headers that differ from one answer to the next, whatever the method. */
const PASSING = ['date', 'x-request-id', 'ratelimit', 'connection', 'keep-alive']

interface Answer {
  readonly status: number
  readonly headers: Headers
}

/** A refusal names its request, and the ids of two may differ in length. */
const lasting = ({ status, headers }: Answer) =>
  [...headers].filter(([name]) => !PASSING.includes(name) && (status < 300 || name !== 'content-length'))

async function ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await documentedFetch(server.url + path, { method, headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('HEAD', () => {
  for (const operation of ALL.filter(({ method }) => method === 'GET'))
    test(`${operation.path} answers as GET does, without the body`, async () => {
      const path = victim.pathOf(operation)
      for (const headers of [{ authorization: `Bearer ${victim.http.token}` }, {}]) {
        const [head, get] = [await ask('HEAD', path, headers), await ask('GET', path, headers)]
        assert.deepEqual([head.status, head.text], [get.status, ''])
        if (get.status < 300)
          assert.equal(Number(head.headers.get('content-length')), Buffer.byteLength(get.text))
        assert.deepEqual(lasting(head), lasting(get))
      }
    })

  for (const path of ['/openapi.json', '/asyncapi.json', '/docs'])
    test(`${path} answers as GET does, without the body`, async () => {
      const [head, get] = [await ask('HEAD', path), await ask('GET', path)]
      assert.deepEqual([head.status, head.text], [200, ''])
      assert.deepEqual(lasting(head), lasting(get))
    })

  test('is refused where nothing can be got', async () => {
    const { status, headers } = await ask('HEAD', '/v1/sessions/s_aaaaaaaaaaaaaaaa')
    assert.deepEqual([status, headers.get('allow')], [405, 'DELETE'])
  })
})

describe('OPTIONS', () => {
  for (const path of PATHS)
    test(`${path} tells its methods, to anybody`, async () => {
      const methods = ALL.filter((one) => one.path === path).map(({ method }) => method)
      const url = victim.pathOf({ path } as Operation)
      const response = await fetch(server.url + url, { method: 'OPTIONS' })
      assert.deepEqual([response.status, await response.text()], [204, ''])
      const told = response.headers.get('allow')?.split(',') ?? []
      const head = methods.includes('GET') ? ['HEAD'] : []
      assert.deepEqual(told.toSorted(), [...methods, ...head, 'OPTIONS'].toSorted())
    })

  test('finds nothing where there is no path', async () => {
    const response = await fetch(`${server.url}/v1/nonsense`, { method: 'OPTIONS' })
    assert.equal(response.status, 404)
    await response.text()
  })
})
