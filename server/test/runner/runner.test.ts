import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Queue } from './order.ts'
import { PASSES, runSuite } from './suite.ts'

test('a suite without failures ends with its count, alone on the last line, and exit code 0', async (t) => {
  const { code, lines } = await runSuite(t, { files: { one: PASSES, two: PASSES } })
  assert.equal(code, 0)
  assert.equal(lines.at(-1), '2 passed, 0 failed')
})

test('each file is a line as it ends, with its time and how many are left', async (t) => {
  const { lines } = await runSuite(t, { files: { one: PASSES, two: PASSES } })
  const ended = lines.filter((line) => line.startsWith('✔'))
  assert.equal(ended.length, 2)
  assert.match(ended[0] ?? '', /^✔ server\/test\/some\/(one|two)\.test\.ts: 1 passed \([\d.]+ s.*\), 1 left$/)
  assert.match(ended[1] ?? '', /, 0 left$/)
})

test('a failure is told in full before its file ends, and again at the end, with exit code 1', async (t) => {
  const { code, lines } = await runSuite(t, {
    files: {
      one: `describe('sums', () => {
        test('it fails', () => assert.equal(1 + 1, 3))
        test('later', () => undefined)
      })`,
    },
  })
  assert.equal(code, 1)
  assert.equal(lines.at(-1), '1 passed, 1 failed')
  // At once, when it is run again, and at the end.
  const told = lines.flatMap((line, at) => (line === '✖ sums › it fails' ? [at] : []))
  const ended = lines.findIndex((line) =>
    line.startsWith('✖ server/test/some/one.test.ts: 1 FAILED, 1 passed'),
  )
  assert.equal(told.length, 3)
  assert.ok((told[0] ?? 0) < ended && ended < (told[1] ?? 0), lines.join('\n'))
  assert.match(lines.slice(told[2]).join('\n'), /one\.test\.ts:4\n.*2 !== 3/s)
})

test('an error that fails several tests, as of a hook, is told once', async (t) => {
  const { lines } = await runSuite(t, {
    files: { one: `before(() => assert.fail('no world'))\n${PASSES}\n${PASSES}` },
  })
  assert.equal(lines.at(-1), '0 passed, 2 failed')
  // At once, when it is run again, and at the end.
  assert.equal(lines.filter((line) => line.includes('no world')).length, 3)
  assert.equal(lines.filter((line) => line.includes('The same error as of the one before')).length, 3)
})

test('a file that cannot be loaded, or ends with a failure after its tests, has failed', async (t) => {
  const { code, lines } = await runSuite(t, {
    files: { broken: `throw new Error('at load')`, exits: `${PASSES}\nprocess.exitCode = 3` },
  })
  assert.equal(code, 1)
  assert.equal(lines.at(-1), '1 passed, 2 failed')
  assert.ok(
    lines.some((line) => line.includes('Error: at load')),
    'what it wrote is shown',
  )
})

test('a test that is left out is neither passed nor failed, and the last lines say why', async (t) => {
  const { code, lines } = await runSuite(t, {
    files: { one: `${PASSES}\ntest('at night', { skip: 'it is day' }, () => undefined)` },
  })
  assert.equal(code, 0)
  assert.equal(lines.at(-1), '1 passed, 0 failed')
  const reason = 'NOT RUN, because it is day: server/test/some/one.test.ts: at night'
  assert.ok(lines.slice(-4).includes(reason), lines.join('\n'))
})

test('files that start most begin first, and every second worker begins with those that start least', () => {
  const names = ['core/a', 'cluster/cluster-b', 'core/c', 'compose/haproxy-d', 'transport/idle-memory']
  const files = names.map((name) => `server/test/${name}.test.ts`)
  const begun = new Set<string>()
  const queue = new Queue(files, (file) => begun.has(file))
  const next = (worker: number) => {
    const job = queue.next(worker)
    const jobs = job?.kind === 'shared' ? job.files : [job?.file ?? 'nothing']
    return jobs.map((file) => file.replace(/.*test\/|\.test\.ts/g, ''))
  }
  assert.deepEqual(next(0), ['transport/idle-memory'])
  assert.deepEqual(next(1), ['core/c', 'core/a', 'cluster/cluster-b', 'compose/haproxy-d'])
  begun.add('server/test/core/c.test.ts')
  assert.deepEqual(next(2), ['compose/haproxy-d', 'cluster/cluster-b', 'core/a'])
  begun.add('server/test/compose/haproxy-d.test.ts')
  assert.deepEqual(next(3), ['core/a', 'cluster/cluster-b'])
  for (const left of ['core/a', 'cluster/cluster-b']) begun.add(`server/test/${left}.test.ts`)
  assert.deepEqual(next(0), ['nothing'])
})

/** Fails in its first run and passes in its second, by a file that the first leaves beside it. */
const PASSES_AGAIN = `
  const { existsSync, writeFileSync } = await import('node:fs')
  test('it passes alone', () => {
    const wasHere = existsSync(import.meta.filename + '.ran')
    writeFileSync(import.meta.filename + '.ran', '')
    assert.ok(wasHere, 'too busy')
  })`

test('a file that fails beside others is run once more alone, and is named when it passes then', async (t) => {
  const { code, lines } = await runSuite(t, { files: { one: PASSES, two: PASSES_AGAIN } })
  assert.equal(code, 0, lines.join('\n'))
  assert.equal(lines.at(-1), '2 passed, 0 failed')
  assert.ok(lines.some((line) => line.includes('too busy')))
  const named = 'server/test/some/two.test.ts: it passes alone'
  assert.ok(lines.includes(`UNSTEADY, failed beside other files and passed alone: ${named}`))
})

test('a file that somebody names is not run again', async (t) => {
  const { code, lines } = await runSuite(t, { files: { two: PASSES_AGAIN }, words: ['two'] })
  assert.equal(code, 1)
  assert.equal(lines.at(-1), '0 passed, 1 failed')
})

test('a suite in which nothing ran has failed', async (t) => {
  const { code, lines } = await runSuite(t, { files: { one: PASSES }, words: ['two'] })
  assert.equal(code, 1)
  assert.equal(lines.at(-1), '0 passed, 0 failed')
})

test('the diagnostics of a test are shown with the tests of its file', async (t) => {
  const files = { one: `test('it says', (t) => t.diagnostic('the seed is 7'))` }
  const { lines } = await runSuite(t, { files, words: ['one'] })
  assert.ok(
    lines.some((line) => line.endsWith('ℹ the seed is 7')),
    lines.join('\n'),
  )
})

test('with words, only files that have one of them in their path run, and each of their tests is told', async (t) => {
  const { lines } = await runSuite(t, { files: { one: PASSES, two: PASSES }, words: ['two'] })
  assert.ok(lines.some((line) => /^ {2}✔ it passes \(\d+ ms\)$/.test(line)))
  assert.ok(!lines.some((line) => line.includes('one.test.ts')))
})
