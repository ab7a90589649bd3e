import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { NEVER_WAIT, pipeOf } from '../support/pipe.ts'
import { endWithUs } from '../support/process.ts'
import { until } from '../support/until.ts'

// A log that cannot be written, or that nobody reads.

const SRC = join(import.meta.dirname, '../../src')

/** A reader of the pipe that takes what is there when asked. */
function openReader(path: string) {
  const fd = openSync(path, constants.O_RDONLY | NEVER_WAIT)
  let text = ''
  return {
    read(): string {
      const piece = Buffer.alloc(65_536)
      for (let length = 1; length > 0; ) {
        length = readNow(fd, piece)
        text += piece.toString('utf8', 0, length)
      }
      return text
    },
    close: () => closeSync(fd),
  }
}

function readNow(fd: number, piece: Buffer): number {
  try {
    return readSync(fd, piece)
  } catch (error) {
    // The pipe is empty.
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0
    throw error
  }
}

const LOGGER = `
  import { createInterface } from 'node:readline'
  import { countLostLines, createLog } from ${JSON.stringify(join(SRC, 'observe/log.ts'))}
  const log = createLog('info')
  let n = 0
  for await (const line of createInterface({ input: process.stdin })) {
    const { count, length } = JSON.parse(line)
    for (let i = 0; i < count; i++) log.info({ n: ++n, filling: 'x'.repeat(length) }, 'a line')
    process.stdout.write(countLostLines() + '\\n')
  }`

/** A process whose standard error is that pipe, and which logs numbered lines when told to. */
function startLogger(t: TestContext, path: string) {
  const fd = openSync(path, constants.O_WRONLY | NEVER_WAIT)
  const args = ['--input-type=module', '--eval', LOGGER]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', fd] })
  closeSync(fd)
  endWithUs(child)
  t.after(() => void child.kill('SIGKILL'))
  const { stdin, stdout } = child
  assert.ok(stdin && stdout)
  const answers = createInterface({ input: stdout })
  return {
    /** Logs so many lines; resolves with the number that have been lost so far. */
    async log(count: number, length = 10): Promise<number> {
      stdin.write(`${JSON.stringify({ count, length })}\n`)
      const [lost] = await once(answers, 'line')
      return Number(lost)
    },
  }
}

interface Line {
  readonly n?: number
  readonly lost?: number
  readonly level: number
  readonly msg: string
}

const linesIn = (text: string): readonly Line[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('lines that a reader who left did not take are lost, counted, and said once somebody reads again', async (t) => {
  const path = await pipeOf(t)
  const first = openReader(path)
  const { log } = startLogger(t, path)
  assert.equal(await log(3), 0)
  assert.deepEqual(
    linesIn(first.read()).map(({ n }) => n),
    [1, 2, 3],
  )
  first.close()
  assert.equal(await log(5), 5)
  const second = openReader(path)
  // The loss is told without a further line.
  await until('it to be said', () => second.read() !== '')
  const [notice] = linesIn(second.read())
  assert.deepEqual([notice?.lost, notice?.level], [5, 40])
  assert.match(notice?.msg ?? '', /log lines were lost/)
  await log(1)
  assert.equal(linesIn(second.read())[1]?.n, 9)
  second.close()
})

test('lines that nobody reads wait up to a mebibyte; beyond it they are lost, and said in their place', async (t) => {
  const path = await pipeOf(t)
  const reader = openReader(path)
  const { log } = startLogger(t, path)
  const count = 30_000
  const lost = await log(count, 100)
  assert.ok(lost > count / 2 && lost < count, `${lost}`)
  await until('all to be written', () => linesIn(reader.read()).some((line) => line.lost !== undefined))
  await log(1)
  await until('the last', () => linesIn(reader.read()).some(({ n }) => n === count + 1))
  const lines = linesIn(reader.read())
  const written = lines.filter(({ n }) => n !== undefined)
  assert.equal(written.length + lost, count + 1)
  assert.deepEqual(
    lines.map((line) => line.n ?? `${line.lost} lost`),
    [...written.slice(0, -1).map((_, n) => n + 1), `${lost} lost`, count + 1],
  )
  reader.close()
})

test('a line that was cut off in its middle spoils no other', async (t) => {
  const path = await pipeOf(t)
  const first = openReader(path)
  const { log } = startLogger(t, path)
  await log(1, 300_000)
  first.close()
  await log(1)
  await until('both to be lost', async () => (await log(0)) === 2)
  const second = openReader(path)
  await until('it to be said', () => second.read().includes('"lost":2'))
  const whole = second.read().split('\n').slice(1).join('\n')
  assert.equal(linesIn(whole)[0]?.lost, 2)
  second.close()
})
