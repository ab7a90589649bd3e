import { Progress } from '../../lib/progress.ts'

/** Steps of a back-up, in their order: the database is copied, the copy is read through, then contents are copied. */
export type Step = 'database' | 'check' | 'files'

/** Hears how far one step is. */
export interface StepProgress {
  /** More is done, in the step's unit. */
  advance(units: number): void
  end(): void
}

/** Hears how far a back-up is. */
export interface Steps {
  /**
   * Begins a step: of a database bytes are counted, of files their contents, of a check nothing. `total` is null where
   * nobody knows how many there will be.
   */
  begin(step: Step, total: number | null): StepProgress
}

const UNITS = { database: 'bytes', check: '', files: 'files' } as const

/** Tells a person on standard error. */
export const stepsForPeople: Steps = {
  begin(step, total) {
    if (step === 'check') process.stderr.write('checking   the copy\n')
    // Where there are no files, there is nothing to tell of them.
    if (step === 'check' || (step === 'files' && total === 0)) return SILENT
    return new Progress('copying', total, process.stderr, UNITS[step])
  },
}

const SILENT: StepProgress = { advance: () => undefined, end: () => undefined }
