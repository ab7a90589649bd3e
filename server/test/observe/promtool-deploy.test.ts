import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { makeCertificate, textsOf } from '../support/certificates.ts'
import { findPromtool } from '../support/engines/index.ts'
import { figureNamesOf } from '../support/figures.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { trust } from '../support/trust.ts'
import { CASES } from './alert-cases.ts'

const DEPLOY = join(import.meta.dirname, '../../../deploy')
const ALERTS = join(DEPLOY, 'alerts.yml')
const run = promisify(execFile)

interface Alert {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly action: string }
}

interface Panel {
  readonly id: number
  readonly title: string
  readonly type: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string }[]
}

const alerts: readonly Alert[] = parse(readFileSync(ALERTS, 'utf8')).groups.flatMap(
  ({ rules }: { rules: Alert[] }) => rules,
)
const dashboard: { readonly panels: readonly Panel[] } = JSON.parse(
  readFileSync(join(DEPLOY, 'grafana.json'), 'utf8'),
)
const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

const opened = new AsyncDisposableStack()
let server: TestServer
before(async () => {
  const owner = { after: (close: () => unknown) => opened.defer(async () => void (await close())) }
  const files = await makeCertificate(await tempDir(owner))
  trust(owner, (await textsOf(files)).cert)
  server = await startParlance({ TLS_CERT: files.cert, TLS_KEY: files.key })
  opened.defer(() => server.close())
})
after(() => opened.disposeAsync())

const promtool = (...args: readonly string[]) => run(findPromtool() ?? 'promtool', args)

/** The figures that queries name: words that are neither functions, labels nor texts. */
function namedIn(expressions: readonly string[]): ReadonlySet<string> {
  const words = expressions.flatMap((expr) =>
    [
      ...expr.replace(/\{[^}]*\}|"[^"]*"|\[[^\]]*\]/g, ' ').matchAll(/\b(?:parlance|nodejs|process)_\w+/g),
    ].map(([word]) => word),
  )
  return new Set(words)
}

test('every figure that the dashboard and the alerts name is shown by a server', async () => {
  const shown = await figureNamesOf({ url: server.url.replace('127.0.0.1', 'localhost') })
  const named = namedIn([...queries, ...alerts.map(({ expr }) => expr)])
  assert.ok(named.size > 20, `${named.size}`)
  assert.deepEqual(
    [...named].filter((name) => !shown.has(name)),
    [],
  )
})

test('every figure of our own is in the dashboard', async () => {
  const shown = await figureNamesOf({ url: server.url.replace('127.0.0.1', 'localhost') })
  const named = namedIn(queries)
  const own = [...shown].filter((name) => name.startsWith('parlance_') && !/_(bucket|sum|count)$/.test(name))
  assert.deepEqual(
    own.filter((name) => !named.has(name)),
    [],
  )
})

test('the panels of the dashboard have their own places, and each says what it shows', () => {
  const { panels } = dashboard
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`),
  )
  assert.equal(new Set(cells).size, cells.length)
  for (const { type, title, ...panel } of panels)
    if (type !== 'row') assert.match(String(Reflect.get(panel, 'description')), /\.$/, title)
})

/** The queries as rules, which promtool parses. */
async function checkQueries(t: TestContext, expressions: readonly string[]): Promise<void> {
  const file = join(await tempDir(t), 'rules.yml')
  const rules = expressions.map((expr, n) => ({
    record: `panel:${n}`,
    expr: expr.replaceAll('$instance', '.*'),
  }))
  await writeFile(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }))
  await promtool('check', 'rules', file)
}

test('promtool takes every query of the dashboard, and every alert', async (t) => {
  await checkQueries(t, queries)
  const { stdout } = await promtool('check', 'rules', ALERTS)
  assert.match(stdout, new RegExp(`SUCCESS: ${alerts.length} rules found`))
})

test('every alert says what is wrong and what to do, and has a case', () => {
  for (const { alert, labels, annotations } of alerts) {
    assert.match(labels.severity, /^(page|look)$/, alert)
    for (const text of [annotations.summary, annotations.action]) assert.match(text, /^[A-Z].*\.$/, alert)
  }
  assert.deepEqual(Object.keys(CASES).sort(), alerts.map(({ alert }) => alert).sort())
})

test('each alert is raised where it should be, and not for a node that is well', async (t) => {
  const file = join(await tempDir(t), 'tests.json')
  const own = { instance: 'one', job: 'parlance' }
  const unitTests = alerts.flatMap(({ alert, labels, annotations }) => {
    const { raised, quiet, labels: kept = own } = CASES[alert] ?? { raised: [], quiet: [] }
    const expected = [{ exp_labels: { ...kept, ...labels }, exp_annotations: annotations }]
    return [[raised, expected] as const, [quiet, []] as const].map(([series, exp_alerts]) => ({
      interval: '1m',
      input_series: series.map(([name, values]) => ({ series: name, values })),
      alert_rule_test: [{ eval_time: '30m', alertname: alert, exp_alerts }],
    }))
  })
  await writeFile(file, JSON.stringify({ rule_files: [ALERTS], evaluation_interval: '1m', tests: unitTests }))
  const { stdout } = await promtool('test', 'rules', file)
  assert.match(stdout, /SUCCESS/)
})
