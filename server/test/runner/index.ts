import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { collectCosts } from './costs.ts'
import { Queue } from './order.ts'
import { Printer } from './printer.ts'
import {
  type Costed,
  describeFailure,
  describeFile,
  describeLeftOut,
  describeOutput,
  describeTests,
  describeTimes,
  describeUnsteady,
} from './report.ts'
import { type Failure, runFile } from './run-file.ts'
import { findWanted } from './wanted.ts'

/** Failed files that are run again. More of them are a broken tree, not a busy machine. */
const MOST_AGAIN = 5

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
  const isDetailed = words.length > 0
  const first = await runAll({ root, files: wanted.files, printer, isDetailed })
  // Somebody who names a file wants to see it fail.
  const { outcomes, unsteady } = isDetailed
    ? { outcomes: first, unsteady: [] }
    : await runFailedAgain({ root, printer, outcomes: first })
  printer.close()

  const failures = outcomes.flatMap((outcome) => outcome.failures)
  const passed = outcomes.reduce((sum, { passes }) => sum + passes.length, 0)
  printer.section(failures.map((failure, at) => describeFailure(failure, failures[at - 1])))
  printer.section(describeTimes(outcomes))
  printer.section(describeLeftOut(wanted.leftOut, outcomes))
  printer.section(describeUnsteady(unsteady))
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

interface Ended {
  readonly root: string
  readonly printer: Printer
  readonly outcomes: readonly Costed[]
}

/**
 * Runs the files that failed beside others once more, each alone. One that passes then has failed because of the
 * machine's load, or by chance. The suite passes without it, but names it: a test that is not steady is a defect.
 */
async function runFailedAgain({ root, printer, outcomes }: Ended): Promise<{
  readonly outcomes: readonly Costed[]
  readonly unsteady: readonly Failure[]
}> {
  const failed = outcomes.filter(({ failures }) => failures.length > 0)
  if (failed.length === 0 || failed.length > MOST_AGAIN) return { outcomes, unsteady: [] }
  printer.print(`\nOnce more, alone: ${failed.map(({ file }) => file).join(', ')}`)
  const again = new Map<string, Costed>()
  for (const { file } of failed) {
    const [outcome] = await runAll({ root, files: [file], printer, isDetailed: false })
    if (outcome) again.set(file, outcome)
  }
  const isSteady = ({ file }: Costed): boolean => (again.get(file)?.failures.length ?? 1) > 0
  return {
    outcomes: outcomes.map((outcome) => again.get(outcome.file) ?? outcome),
    unsteady: failed.filter((outcome) => !isSteady(outcome)).flatMap(({ failures }) => failures),
  }
}
