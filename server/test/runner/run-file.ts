import { join } from 'node:path'
import { run } from 'node:test'
import { deep } from '../support/deep.ts'
import { Notes, type Outcome, type Told } from './notes.ts'

/** The limit of each test and each hook. */
const TIMEOUT_MS = 600_000
/** Deep trials take longer; shallow ones wait no less for a machine that is busy. */
const timeout = Math.max(TIMEOUT_MS, deep(TIMEOUT_MS))

const PRELOAD = join(import.meta.dirname, 'preload.ts')

/** Runs a process of node:test; its events come while the tests run. */
export const runProcess = (path: string, argv: readonly string[] = []) =>
  run({
    files: [path],
    argv,
    concurrency: 1,
    timeout,
    execArgv: [`--import=${PRELOAD}`],
  })

/** Runs one file in a process of its own; a failure is told at once, while the file's other tests still run. */
export async function runFile(root: string, file: string, onFailure: Told): Promise<Outcome> {
  const path = join(root, file)
  const notes = new Notes({ file, path, depth: 0, onFailure })
  for await (const { type, data } of runProcess(path)) {
    if (type === 'test:stdout' || type === 'test:stderr') notes.write(data.message)
    else if (type === 'test:diagnostic') notes.say(data)
    else if (type === 'test:start') notes.begin(data)
    else if (type === 'test:pass') notes.pass(data)
    else if (type === 'test:fail') notes.fail(data)
  }
  return notes.outcome
}
