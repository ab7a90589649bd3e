import { after, test } from 'node:test'
import { LIMITS } from '../../src/transport/index.ts'
import { BareHttp, request } from '../hostile/server/bare-http.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'

const APART = ['rooms', 'chatapp', 'messenger', 'channels'] as const

const server = await startParlance({
  PARLANCE_RATE_LIMITS: 'on',
  PARLANCE_PORTS: APART.map((name) => `${name}:0`).join(),
})
after(() => server.close())

const post = (path: string, body: object): Buffer => {
  const bytes = Buffer.from(JSON.stringify(body))
  return request(`POST ${path}`, { 'Content-Length': bytes.length }, bytes)
}

/** The head of a request whose body never comes. */
const headOf = (path: string, length: number): Buffer => request(`POST ${path}`, { 'Content-Length': length })

/** Attempts that fail without a password being hashed: no such name can be anybody's. */
const ATTEMPTS = {
  login: post('/auth/login', { username: '\0', password: 'x' }),
  register: post('/register', { username: '\u200B', password: 'x', fullname: 'x' }),
} as const

const PLACES = [
  ['login', 'main', '/auth/login', 100],
  ['login', 'main', '/api/login', 100],
  // On a shared port a short body is read, because it tells whose form the refusal has.
  ['login', 'main', '/login', 10_000],
  ['login', 'rooms', '/login', 100],
  ['login', 'messenger', '/login', 100],
  ['register', 'main', '/api/register', 100],
  ['register', 'main', '/register', 10_000],
  ['register', 'rooms', '/register', 100],
  ['register', 'messenger', '/register', 100],
  ['register', 'chatapp', '/register', 100],
] as const

/** Attempts until the last is refused; answers in that moment. */
async function exhaust(kind: keyof typeof ATTEMPTS, from: string): Promise<void> {
  const client = new BareHttp(server.port, from)
  const crowd = LIMITS[kind].burst + 20
  client.write(Buffer.concat(Array(crowd).fill(ATTEMPTS[kind])))
  await until('all attempts to be answered', () => client.statuses.length === crowd)
  client.end()
}

for (const [n, [kind, place, path, length]] of PLACES.entries()) {
  test(`an address past its ${kind} limit is refused at ${path} of ${place} before the body comes`, async () => {
    const from = `127.0.0.${100 + n}`
    const port = place === 'main' ? server.port : (server.dedicatedPorts.get(place) ?? 0)
    await until('a refusal', async () => {
      await exhaust(kind, from)
      const client = new BareHttp(port, from).write(headOf(path, length))
      // A token that came just now lets the request in, which then waits for its body.
      const status = await client.answered(1_000).catch(() => 0)
      client.end()
      return status === 429 && /retry-after: [1-9]/i.test(client.heard)
    })
  })
}
