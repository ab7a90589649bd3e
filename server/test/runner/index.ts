import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { openClaims } from './claims.ts'
import { collectCosts } from './costs.ts'
import type { Failure, Outcome, Told } from './notes.ts'
import { Queue } from './order.ts'
import { Printer } from './printer.ts'
import {
  type Costed,
  describeFailure,
  describeFile,
  describeLeftOut,
  describeLong,
  describeOutput,
  describeTests,
  describeTimes,
  describeUnsteady,
} from './report.ts'
import { runFile } from './run-file.ts'
import { runShared } from './run-shared.ts'
import { findWanted } from './wanted.ts'

/** Failed files that are run again. More of them are a broken tree, not a busy machine. */
const MOST_AGAIN = 5

/** Most files wait more than they compute, for engines, browsers and other processes. */
export const CONCURRENCY = availableParallelism() + 4

interface Suite {
  readonly root: string
  /** Only files whose path has one of them run; without words all do. */
  readonly words: readonly string[]
  /** Whether long files run without being named. */
  readonly isWhole: boolean
}

/** Runs the suite, prints how far it is, and resolves with the exit code. */
export async function runSuite({ root, words, isWhole }: Suite): Promise<0 | 1> {
  const wanted = await findWanted(root, { words, isWhole })
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
  printer.section(describeLong(wanted.long))
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

async function runAll(work: Work): Promise<readonly Costed[]> {
  const { root, files, printer } = work
  const outcomes = new Outcomes(work)
  const claimantOf = openClaims()
  const queue = new Queue(files, (file) => claimantOf(join(root, file)) !== undefined)
  const onBegin = (file: string) => printer.begin(file)
  const onFailure: Told = (failure, before) => printer.print(describeFailure(failure, before))
  const onEnd = (outcome: Outcome) => outcomes.add(outcome)
  const workOn = async (worker: number) => {
    for (let job = queue.next(worker); job !== undefined; job = queue.next(worker)) {
      if (job.kind === 'shared') {
        const begun = await runShared({ root, claimantOf, files: job.files, onBegin, onFailure, onEnd })
        if (begun === 0) queue.stopSharing()
      } else {
        onBegin(job.file)
        onEnd(await runFile(root, job.file, onFailure))
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, (_, worker) => workOn(worker)))
  return outcomes.all
}

/** The outcomes so far. Each is printed as its file ends. */
class Outcomes {
  readonly all: Costed[] = []
  readonly #work: Work
  readonly #costOf = collectCosts()

  constructor(work: Work) {
    this.#work = work
  }

  add(outcome: Outcome): void {
    const { root, files, printer, isDetailed } = this.#work
    const costed = { ...outcome, processorMs: this.#costOf(join(root, outcome.file)) }
    this.all.push(costed)
    printer.end(outcome.file)
    printer.print(describeFile(costed, files.length - this.all.length))
    if (isDetailed) printer.list(describeTests(costed))
    else if (costed.failures.length > 0) printer.list(describeOutput(costed.output))
  }
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
