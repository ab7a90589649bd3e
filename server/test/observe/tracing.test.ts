import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { listen } from '../../src/transport/index.ts'
import { World } from '../interop/world.ts'
import { parlance } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'
import { spawnCheapServer } from '../support/process.ts'
import { register } from '../support/rooms.ts'
import { startParlance } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { START_MS, until } from '../support/until.ts'

interface SentSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, string> }[]
}

/** A port that takes traces, as a collector does, and what has come there. */
async function openCollector(t: TestContext, port = 0) {
  const spans: SentSpan[] = []
  const resources: object[] = []
  const headers: unknown[] = []
  const collector = createServer(async (request, response) => {
    const { resourceSpans } = JSON.parse(await text(request))
    for (const { resource, scopeSpans } of resourceSpans) {
      resources.push(resource)
      for (const scope of scopeSpans) spans.push(...scope.spans)
    }
    headers.push(request.headers)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  t.after(() => {
    collector.closeAllConnections()
    collector.close()
  })
  const bound = await listen(collector, '127.0.0.1', port)
  return { spans, resources, headers, endpoint: `http://127.0.0.1:${bound}` }
}

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const CALLER = 'b7ad6b7169203331'
const traceparent = `00-${TRACE}-${CALLER}-01`

const fact = ({ attributes }: SentSpan, name: string): string | undefined =>
  Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0]

async function start(t: TestContext, settings: Readonly<Record<string, string>>) {
  const server = await startParlance(settings)
  t.after(() => server.close())
  return server
}

test("a request is told of as part of its caller's trace, with its wait in the queue and its commit", async (t) => {
  const { spans, resources, headers, endpoint } = await openCollector(t)
  const server = await start(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20secret',
    OTEL_SERVICE_NAME: 'chat',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
  })
  const body = JSON.stringify({ username: 'ann', password: 'a password of ann' })
  const init = { method: 'POST', headers: { 'content-type': 'application/json', traceparent }, body }
  assert.equal((await fetch(`${server.url}/v1/accounts`, init)).status, 201)
  const own = () => spans.filter(({ traceId }) => traceId === TRACE)
  const named = (name: string) => own().filter((span) => span.name === name)
  await until('the spans', () => named('POST').length > 0 && named('commit').length > 0)
  const [request] = named('POST')
  assert.ok(request)
  assert.equal(request.parentSpanId, CALLER)
  assert.deepEqual(
    ['url.path', 'http.response.status_code'].map((name) => fact(request, name)),
    ['/v1/accounts', '201'],
  )
  for (const [n, commit] of named('commit').entries()) {
    const queue = named('queue')[n]
    assert.deepEqual([commit.parentSpanId, queue?.parentSpanId], [request.spanId, request.spanId])
    assert.ok(Number(fact(commit, 'parlance.commit.writes')) >= 1)
    const times: readonly bigint[] = [
      request.startTimeUnixNano,
      queue?.startTimeUnixNano,
      queue?.endTimeUnixNano,
      commit.startTimeUnixNano,
      commit.endTimeUnixNano,
    ].map((time) => BigInt(time ?? 0))
    assert.deepEqual(
      times,
      times.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0)),
    )
  }
  assert.deepEqual(resources[0], {
    attributes: [
      { key: 'deployment.environment', value: { stringValue: 'test' } },
      { key: 'service.name', value: { stringValue: 'chat' } },
      { key: 'service.version', value: { stringValue: '0.1.0' } },
    ],
  })
  assert.partialDeepStrictEqual(headers[0], { 'api-key': 'a secret', 'content-type': 'application/json' })
})

test('a message over a WebSocket is told of, and its commit under it', async (t) => {
  const { spans, endpoint } = await openCollector(t)
  await using world = await World.start({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint}/elsewhere` })
  const [ann, ben] = [await world.join('ann'), await world.join('ben')]
  const place = await world.open(ann, 'chatapp', { kind: 'group', others: [ben] })
  await ann.chatapp.send(place, 'traced')
  await until('a commit under a message', () => {
    const messages = new Set(spans.filter(({ name }) => name === 'message').map(({ spanId }) => spanId))
    return spans.some(
      (span) =>
        span.name === 'commit' &&
        messages.has(span.parentSpanId ?? '') &&
        /append|send/.test(fact(span, 'parlance.write') ?? ''),
    )
  })
})

test('only the part of traces that is asked for is told of, and what a caller has decided on', async (t) => {
  const { spans, endpoint } = await openCollector(t)
  const server = await start(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0',
  })
  const get = (headers: Record<string, string>) => fetch(`${server.url}/healthz`, { headers })
  await get({})
  await get({ traceparent: `00-${'1'.repeat(32)}-${CALLER}-00` })
  await get({ traceparent: 'not one' })
  await fetch(`${server.url}/v1/invites/a-secret-code`, { headers: { traceparent } })
  await get({ traceparent })
  await until(
    'the spans of the caller that asked',
    () => spans.filter(({ name }) => name === 'GET').length === 2,
  )
  assert.deepEqual(new Set(spans.map(({ traceId }) => traceId)), new Set([TRACE]))
  const paths = spans.filter(({ name }) => name === 'GET').map((span) => fact(span, 'url.path'))
  assert.deepEqual(paths.sort(), ['/healthz', '/v1/invites/…'])
})

test('an address that takes no traces costs one line, and another once it does', async (t) => {
  const folder = await tempDir(t)
  const [port, away] = [await freePort(), await freePort()]
  const { output, child, exited } = spawnCheapServer(t, {
    DBPATH: `${folder}/chat.db`,
    PORT: `${port}`,
    ROOMS_TCP_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${away}`,
  })
  await until('the start-up block', () => output.stdout.includes('first account'), START_MS)
  const ann = await register(`http://127.0.0.1:${port}`, 'ann')
  await until('the failure', () => output.stderr.includes('Traces cannot be sent to'))
  const collector = await openCollector(t, away)
  await until('the traces to come', async () => {
    await ann.createRoom()
    return collector.spans.length > 0
  })
  await until('the line that says so', () => /Traces are sent to .* again; \d+ spans/.test(output.stderr))
  assert.equal(output.stderr.split('Traces cannot').length - 1, 1)
  child.kill('SIGTERM')
  assert.equal(await exited, 0)
})

test('check hides the headers of the address for traces', async (t) => {
  const options = ['--otel-exporter-otlp-endpoint', 'http://127.0.0.1:4318']
  const outcome = await parlance(t, 'check', ...options, '--otel-exporter-otlp-headers', 'api-key=topsecret')
  assert.equal(outcome.code, 0, outcome.stderr)
  assert.match(outcome.stdout, /tracing\.endpoint +http:\/\/127\.0\.0\.1:4318\/v1\/traces/)
  assert.doesNotMatch(outcome.stdout, /topsecret/)
})
