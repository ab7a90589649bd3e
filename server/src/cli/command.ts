import type { CommandLine, Syntax } from './command-line.ts'

/** One command: what it takes, and how it is run. */
export interface Command extends Syntax {
  readonly usage: string
  readonly summary: string
  run(line: CommandLine): Promise<void>
}
