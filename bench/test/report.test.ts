import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Measurement, Results, Sample } from '../measurement.ts'
import { type Goal, goals } from '../report/goals.ts'
import { writeReport } from '../report/index.ts'
import { short } from '../report/notation.ts'
import { judge } from '../report/verdict.ts'
import { assertWellFormed } from './well-formed.ts'

test('a goal is met by the median, not by the best run', () => {
  assert.equal(
    judge(throughput, [fanOut('parlance chatapp', 2_900_000, 3_000_000, 3_100_000)]).outcome,
    'met',
  )
  assert.equal(
    judge(throughput, [fanOut('parlance chatapp', 2_900_000, 2_990_000, 9_000_000)]).outcome,
    'not met',
  )
})

test('a ratio is of the medians of the same run', () => {
  const parlance = fanOut('parlance chatapp', 2_600_000)
  const verdict = judge(ratio, [parlance, fanOut('bare ws', 90_000, 100_000, 200_000)])
  assert.equal(verdict.outcome === 'not measured' ? undefined : verdict.value, 26)
  assert.equal(judge(ratio, [parlance, fanOut('bare ws', 104_001)]).outcome, 'not met')
})

test('a goal without its measurements, or without those of its peer, is not measured', () => {
  assert.equal(judge(throughput, []).outcome, 'not measured')
  assert.equal(judge(ratio, [fanOut('parlance chatapp', 9_000_000)]).outcome, 'not measured')
  const elsewhere = { ...fanOut('parlance chatapp', 9_000_000), size: 10 }
  assert.equal(judge(throughput, [elsewhere]).outcome, 'not measured')
})

test('the stronger of two peers with one name counts', () => {
  const goal = goalOf('against ejabberd')
  const [slow, fast] = [
    rooms('ejabberd, archive in SQLite', 1_000),
    rooms('ejabberd, archive in PostgreSQL', 2_000),
  ]
  assert.equal(judge(goal, [rooms('parlance chatapp', 30_000), slow]).outcome, 'met')
  assert.equal(judge(goal, [rooms('parlance chatapp', 30_000), slow, fast]).outcome, 'not met')
})

test('one missing message in one run is one too many', () => {
  const storm = (...missing: readonly number[]) =>
    measured(
      'reconnect-storm',
      'parlance chatapp',
      missing.map((count) => ({ 'missing messages': count })),
    )
  assert.equal(judge(goalOf('messages missing'), [storm(0, 0, 0)]).outcome, 'met')
  assert.equal(judge(goalOf('messages missing'), [storm(0, 0, 1)]).outcome, 'not met')
})

test('the report shows a run of one scenario, and that the other goals are not measured', () => {
  const { page, charts } = written([fanOut('parlance chatapp', 2_000_000, 2_100_000, 2_200_000)])
  assert.match(page, /chatapp \(WebSocket\) \| ≥ 3 M \| \*\*not met\*\* \| – \| 2\.1 M deliveries\/s/)
  assert.match(page, /chatapp, against bare ws \| ≥ 25 × \| not measured/)
  assert.match(
    page,
    new RegExp(`0 of ${goals.length} goals met, 1 not met, ${goals.length - 1} not measured`),
  )
  assert.deepEqual(charts, ['goals.svg'])
})

test('the report of nothing says that nothing is measured', () => {
  const { page, charts } = written([])
  assert.match(page, new RegExp(`0 of ${goals.length} goals met, ${goals.length} not measured`))
  assert.deepEqual(charts, [])
})

test('the report shows a scenario that it does not know', () => {
  const { page } = written([measured('new-one', 'parlance chatapp', [{ 'wonders/s': 7 }])])
  assert.match(page, /## new-one/)
  assert.match(page, /wonders\/s/)
})

test('a scenario of several nodes is compared with one node', () => {
  const on = (nodes: string, micros: number): Measurement => ({
    ...measured('cross-node-fan-out', `parlance chatapp, ${nodes}`, [{ 'CPU µs/delivery in nodes': micros }]),
    size: 1000,
  })
  const { page, charts } = written([on('two nodes', 0.3), on('PostgreSQL', 0.2)])
  assert.match(page, /CPU µs\/delivery in nodes ÷ Parlance chatapp, PostgreSQL/)
  assert.match(page, /\*\*Parlance chatapp, two nodes\*\*[^|]*\| \*\*1\.5 ×\*\*/)
  assert.match(page, /Redis, which stores nothing, between them/)
  assert.deepEqual(charts, ['cross-node-fan-out.svg'])
})

test('the native dialect is shown beside the older ones of the same scenarios', () => {
  const { page } = written([rooms('parlance native', 900), rooms('parlance chatapp', 1000)])
  assert.match(page, /## native beside the older dialects/)
  assert.match(
    page,
    /rooms of five, messages\/s \| Parlance native \| 900 \| Parlance chatapp \| 1,000 \| \*\*0\.9 ×\*\*/,
  )
  assert.doesNotMatch(page, /REST sends, messages\/s \| Parlance native/)
  assert.doesNotMatch(written([rooms('parlance native', 900)]).page, /## native beside/)
})

test('a chapter says the day, the commit and the machine of its own figures', () => {
  const kept = { ...rooms('parlance chatapp', 100), origin: { cpu: 'another processor' } }
  const { page } = written([kept, rooms('parlance native', 90), fanOut('parlance native', 1)])
  assert.match(page, /^\*Measured: another processor; 2026-01-02, commit abc, a processor\.\*$/m)
  assert.match(page, /^\*Measured: 2026-01-02, commit abc, a processor\.\*$/m)
})

test('a message that was acknowledged and is not stored stands out', () => {
  const lossy = {
    ...rooms('<other> & "more"', 100),
    runs: [{ 'messages/s': 100, accepted: 50_000, stored: 49_999 }],
  }
  assert.match(written([lossy]).page, /50,000 \| \*\*49,999\*\*/)
})

test('charts are well-formed XML, with a title and a description', () => {
  const targets = ['parlance chatapp', 'bare ws', '<other> & "more"']
  const everything = targets.flatMap((target, n) => [
    ...[10, 1000].map((size) => ({ ...fanOut(target, 1000 * 100 ** n, 1200 * 100 ** n), size })),
    rooms(target, 0),
  ])
  const { svgs } = written(everything)
  assert.ok(svgs.length >= 4)
  for (const svg of svgs) {
    assertWellFormed(svg)
    assert.match(svg, /<title [^>]*>[^<]+<\/title><desc [^>]*>[^<]+<\/desc>/)
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/)
  }
})

test('the chart of the front page is there for light ground and for dark, and others follow their reader', () => {
  const { svgs } = written([fanOut('parlance chatapp', 1), fanOut('bare ws', 2)])
  const [dark = '', light = '', either = ''] = svgs
  assert.match(either, /prefers-color-scheme/)
  for (const one of [dark, light]) assert.doesNotMatch(one, /prefers-color-scheme/)
  assert.notEqual(dark, light)
})

test('the same results write the same report, whatever was there', () => {
  const results = resultsOf([fanOut('parlance chatapp', 1), fanOut('bare ws', 2)])
  inDirectory((directory) => {
    writeReport(results, directory)
    assert.ok(readdirSync(join(directory, 'charts')).includes('fan-out.svg'))
    assert.deepEqual(JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8')), results)
    writeReport(resultsOf([]), directory)
    assert.deepEqual(readdirSync(join(directory, 'charts')), [])
  })
})

test('numbers have three digits, or as many as there are', () => {
  const written = [0, 0.2444, 7.9, 999.6, 2796, 9999.9, 16_800, 999_700, 3_104_000].map(short)
  assert.deepEqual(written, ['0', '0.244', '7.9', '1,000', '2,796', '10 k', '16.8 k', '1 M', '3.1 M'])
})

const goalOf = (words: string): Goal => {
  const goal = goals.find((each) => each.words === words)
  assert.ok(goal, words)
  return goal
}
const throughput = goalOf('chatapp (WebSocket)')
const ratio = goalOf('chatapp, against bare ws')

const measured = (scenario: string, target: string, runs: readonly Sample[]): Measurement => ({
  scenario,
  target,
  durability: target === 'bare ws' ? 'nothing stored' : 'synced',
  size: null,
  runs,
  origin: { cpu: 'a processor', commit: 'abc', startedAt: '2026-01-02T03:04:05Z' },
})

const fanOut = (target: string, ...rates: readonly number[]): Measurement => ({
  ...measured(
    'fan-out',
    target,
    rates.map((rate) => ({ 'deliveries/s': rate })),
  ),
  size: 1000,
})

const rooms = (target: string, ...rates: readonly number[]): Measurement =>
  measured(
    'rooms-of-five',
    target,
    rates.map((rate) => ({ 'messages/s': rate })),
  )

function resultsOf(measurements: readonly Measurement[]): Results {
  const [cpu, cores, memoryBytes, kernel, node] = ['a processor', 2, 2 ** 33, 'Linux 6', 'v26.0.0'] as const
  const machine = {
    cpu,
    cores,
    memoryBytes,
    kernel,
    node,
    isPinned: true,
    limits: { syncMs: 0.5, sendMicros: 5 },
  }
  return { machine, versions: { ws: '8' }, commit: 'abc', startedAt: '2026-01-02T03:04:05Z', measurements }
}

function written(measurements: readonly Measurement[]) {
  return inDirectory((directory) => {
    writeReport(resultsOf(measurements), directory)
    const charts = readdirSync(join(directory, 'charts')).sort()
    return {
      page: readFileSync(join(directory, 'results.md'), 'utf8'),
      charts,
      svgs: charts.map((name) => readFileSync(join(directory, 'charts', name), 'utf8')),
    }
  })
}

function inDirectory<T>(use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'parlance-report-'))
  try {
    return use(directory)
  } finally {
    rmSync(directory, { recursive: true })
  }
}
