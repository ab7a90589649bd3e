import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { parseBatch, parseTrigger } from '../../src/pusher/api-wire.ts'
import { CREDENTIALS, startPusher } from '../pusher/pusher-world.ts'
import { deep } from '../support/deep.ts'
import { frame, record } from './pusher-noise.ts'

const world = await startPusher()
after(() => world.close())

test('a body of the HTTP API is parsed or refused with 400 or 413', () => {
  const fields = ['name', 'data', 'channel', 'channels', 'socket_id', 'info', 'batch']
  const body = fc.oneof(
    record(fields).map((data) => JSON.stringify(data)),
    fc.array(record(fields)).map((batch) => JSON.stringify({ batch })),
    fc.string(),
  )
  fc.assert(
    fc.property(body, (text) => {
      for (const parse of [() => parseTrigger(text, new URLSearchParams(text)), () => parseBatch(text)]) {
        try {
          parse()
        } catch (error) {
          assert.ok(error instanceof Error && 'status' in error, String(error))
          assert.ok(error.status === 400 || error.status === 413)
        }
      }
    }),
    { numRuns: deep(2_000) },
  )
})

/** Signed as it stands, however strange. */
function rawCall(
  method: string,
  path: string,
  query: string,
  body: string,
): Promise<{ status: number; text: string }> {
  const base = `auth_key=${CREDENTIALS.key}&auth_timestamp=${Math.floor(Date.now() / 1000)}&auth_version=1.0&body_md5=${createHash('md5').update(body).digest('hex')}`
  const pairs = [...new URLSearchParams(`${base}&${query}`)].map(
    ([key, text]) => [key.toLowerCase(), text] as const,
  )
  const signed = pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map((pair) => pair.join('='))
  const signature = createHmac('sha256', CREDENTIALS.secret)
    .update(`${method}\n${path}\n${signed.join('&')}`)
    .digest('hex')
  return new Promise((resolve, reject) => {
    const url = `${path}?${base}&${query}&auth_signature=${signature}`
    const call = httpRequest({ host: world.host, port: world.port, method, path: url }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, text })
    })
    call.on('error', reject).end(body)
  })
}

test('the HTTP API answers any signed request with JSON or an explanation', async () => {
  const path = fc.constantFrom(
    '/events',
    '/batch_events',
    '/channels',
    '/channels/presence-a',
    '/channels/%E0%A4%A',
    '/users/a/terminate_connections',
  )
  const query = fc.dictionary(
    fc.constantFrom('info', 'filter_by_prefix', 'name', 'data', 'channel', 'channels[]', '__proto__'),
    fc.string(),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'DELETE'),
      path,
      query,
      frame,
      async (method, below, params, body) => {
        const { status, text } = await rawCall(
          method,
          `/apps/7${below}`,
          new URLSearchParams(params).toString(),
          method === 'POST' ? body : '',
        )
        assert.ok([200, 400, 401, 404, 405, 413].includes(status), `${status} ${text}`)
        if (status === 200) JSON.parse(text)
        else assert.ok(text.length > 0)
      },
    ),
    { numRuns: deep(300) },
  )
})
