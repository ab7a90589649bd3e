import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createDialectApp, createListener, listen, plain } from '../../src/transport/index.ts'
import { BUG, fail, hearFailures } from '../support/failures.ts'

const failures = hearFailures()

/** Places where a dialect's code throws. */
const PLACES = [
  'onRequest',
  'preParsing',
  'preValidation',
  'preHandler',
  'handler',
  'preSerialization',
  'onSend',
  'onResponse',
  'later',
  'error',
  'notFound',
  'escape',
] as const
type Place = (typeof PLACES)[number]

let failing: Place | undefined
const failIf = (place: Place): void => {
  if (failing === place) fail()
}

const app = createDialectApp({
  notFound: (reply) => {
    failIf('notFound')
    failIf('escape')
    return reply.code(404).send('nowhere')
  },
  methodNotAllowed: (reply) => reply.code(405).send('not so'),
  error: (error, _request, reply) => {
    failIf('error')
    return reply.code(500).send(error.message)
  },
})
app.addHook('onRequest', (_request, _reply, done) => {
  failIf('onRequest')
  done()
})
for (const hook of ['preValidation', 'preHandler'] as const) app.addHook(hook, async () => failIf(hook))
app.addHook('preParsing', (_request, _reply, payload, done) => {
  failIf('preParsing')
  done(null, payload)
})
for (const hook of ['preSerialization', 'onSend'] as const)
  app.addHook(hook, async (_request: unknown, _reply: unknown, payload: unknown) => {
    failIf(hook)
    return payload
  })
app.addHook('onResponse', (_request, _reply, done) => {
  failIf('onResponse')
  done()
})
app.post('/', (_request, reply) => {
  failIf('handler')
  if (failing === 'error') throw BUG
  if (failing !== 'later') return reply.send({ is: 'fine' })
  reply.hijack()
  reply.raw.once('close', fail)
  return plain(reply.raw, 200, 'later')
})
await app.ready()
const http = createListener({
  handle: (...exchange) => app.routing(...exchange),
  upgradeFor: () => undefined,
})
const url = `http://127.0.0.1:${await listen(http, '127.0.0.1', 0)}`
after(() => {
  http.close()
  http.closeAllConnections()
})

const PATHS: Partial<Record<Place, string>> = { notFound: '/nowhere', escape: '/%zz' }

const ask = async (path: string): Promise<number | 'closed'> => {
  const asked = fetch(url + path, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  return asked.then(
    ({ status }) => status,
    () => 'closed',
  )
}

for (const place of PLACES)
  test(`an error in Fastify's ${place} is answered, or ends its own connection`, async () => {
    failing = place
    const answer = await ask(PATHS[place] ?? '/')
    failing = undefined
    const isAnswered = place === 'onResponse' || place === 'later'
    assert.ok(isAnswered ? answer === 200 : answer === 500 || answer === 'closed', String(answer))
    assert.equal(await ask('/'), 200)
    for (const failure of failures.splice(0)) assert.deepEqual(failure, ['http', BUG])
  })
