import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BareHttp, request } from './bare-http.ts'
import { assertUnharmed, openCostlyFortress } from './fortress.ts'
import { PASSWORD, Person } from './person.ts'

const FLOOD = 60

const post = (path: string, body: object): Buffer => {
  const json = JSON.stringify(body)
  const headers = { 'Content-Type': 'application/json', 'Content-Length': json.length }
  return request(`POST ${path}`, headers, json)
}

test('log-ins of one address, however many wait, let those of others in between in every dialect', async (t) => {
  const server = await openCostlyFortress(t)
  const { port } = server
  const { username } = await Person.register(server.url, 'ann')
  const wrong = post('/login', { login: username, password: 'wrong' })
  const flood = Array.from({ length: FLOOD }, () => new BareHttp(port, '127.0.0.9').write(wrong))
  const right = [
    post('/login', { login: username, password: PASSWORD }),
    post('/login', { usernameOrEmail: username, password: PASSWORD }),
    post('/auth/login', { username, password: PASSWORD }),
    post('/api/login', { username, password: PASSWORD }),
  ]
  const others = right.map((bytes, n) => new BareHttp(port, `127.0.1.${n + 1}`).write(bytes))
  t.after(() => {
    for (const client of [...flood, ...others]) client.end()
  })
  const statuses = await Promise.all(others.map((client) => client.answered()))
  const stillWait = flood.filter(({ status }) => status === 0).length
  assert.deepEqual(statuses, [200, 200, 202, 200])
  assert.ok(stillWait > FLOOD / 2, `${stillWait} of the flood wait behind them`)
  assertUnharmed(server)
})
