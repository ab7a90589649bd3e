import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { collectCosts } from './costs.ts'
import { Queue } from './order.ts'
import {
  type Costed,
  describeFailure,
  describeFile,
  describeLeftOut,
  describeOutput,
  describeTests,
  describeTimes,
} from './report.ts'
import { runFile } from './run-file.ts'
import { findWanted } from './wanted.ts'

/** Several times the usual duration. Without an end, a caller such as CI would learn nothing. */
const DEADLINE_MS = 60 * 60_000

/** A silence longer than that is broken by a line that says what still runs. */
const SILENCE_MS = 10_000

/** Many files wait more than they compute. */
const CONCURRENCY = availableParallelism() + 2

interface Suite {
  readonly root: string
  /** Only files whose path has one of them run; without words all do. */
  readonly words: readonly string[]
}

/** Runs the suite, prints how far it is, and resolves with the exit code. */
export async function runSuite({ root, words }: Suite): Promise<0 | 1> {
  const wanted = await findWanted(root, words)
  const printer = new Printer()
  const began = performance.now()
  printer.print(`${wanted.files.length} files, ${CONCURRENCY} at a time`)
  const outcomes = await runAll({
    root,
    files: wanted.files,
    printer,
    isDetailed: words.length > 0,
  })
  printer.close()

  const failures = outcomes.flatMap((outcome) => outcome.failures)
  const passed = outcomes.reduce((sum, { passes }) => sum + passes.length, 0)
  printer.section(failures.map((failure, at) => describeFailure(failure, failures[at - 1])))
  printer.section(describeTimes(outcomes))
  printer.section(describeLeftOut(wanted.leftOut, outcomes))
  printer.print(`\nin ${((performance.now() - began) / 1_000).toFixed(0)} s`)
  printer.print(`${passed} passed, ${failures.length} failed`)
  return failures.length > 0 || passed === 0 ? 1 : 0
}

interface Work {
  readonly root: string
  readonly files: readonly string[]
  readonly printer: Printer
  /** Prints each test of a file, not only the file. */
  readonly isDetailed: boolean
}

async function runAll({ root, files, printer, isDetailed }: Work): Promise<Costed[]> {
  const costOf = collectCosts()
  const outcomes: Costed[] = []
  const queue = new Queue(files)
  const work = async (worker: number) => {
    for (let file = queue.next(worker); file !== undefined; file = queue.next(worker)) {
      printer.begin(file)
      const outcome = await runFile(root, file, (failure, before) =>
        printer.print(describeFailure(failure, before)),
      )
      const costed = { ...outcome, processorMs: costOf(join(root, file)) }
      outcomes.push(costed)
      printer.end(file)
      printer.print(describeFile(costed, files.length - outcomes.length))
      if (isDetailed) printer.list(describeTests(costed))
      else if (costed.failures.length > 0) printer.list(describeOutput(costed.output))
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, (_, worker) => work(worker)))
  return outcomes
}

/** Writes lines, says what runs when there were none for a while, and gives up at the deadline. */
class Printer {
  readonly #running = new Map<string, number>()
  readonly #silence = setInterval(() => this.print(`… still running: ${this.#describeRunning()}`), SILENCE_MS)
  readonly #deadline = setTimeout(() => {
    this.print(`\nNOT DONE after ${DEADLINE_MS / 60_000} minutes: ${this.#describeRunning()}`)
    process.exit(1)
  }, DEADLINE_MS)

  begin(file: string): void {
    this.#running.set(file, performance.now())
  }

  end(file: string): void {
    this.#running.delete(file)
  }

  print(line: string): void {
    this.#silence.refresh()
    process.stdout.write(`${line}\n`)
  }

  list(lines: readonly string[]): void {
    for (const line of lines) this.print(line)
  }

  /** Lines with an empty one before them, where there are any. */
  section(lines: readonly string[]): void {
    if (lines.length > 0) this.list(['', ...lines])
  }

  close(): void {
    clearInterval(this.#silence)
    clearTimeout(this.#deadline)
  }

  #describeRunning(): string {
    const now = performance.now()
    return [...this.#running].map(([file, at]) => `${file} (${((now - at) / 1_000).toFixed(0)} s)`).join(', ')
  }
}
