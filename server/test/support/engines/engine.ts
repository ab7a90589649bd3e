import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { endWithUs } from '../process.ts'
import { START_MS, until } from '../until.ts'

/** Both engines say so, each in its own case. */
const READY = /ready to accept (read-only )?connections|process up: PgBouncer/i
const STOPPED_IN_ORDER = 'SIGINT'

interface EngineOptions {
  readonly url: string
  readonly command: readonly string[]
  readonly folder: string
}

/** A PostgreSQL or a Redis of the test's own: it may be stopped, started again where it was, and paused. */
export class Engine {
  readonly url: string
  readonly #command: readonly string[]
  readonly #folder: string
  #child: ChildProcess | undefined

  constructor({ url, command, folder }: EngineOptions) {
    this.url = url
    this.#command = command
    this.#folder = folder
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  get isRunning(): boolean {
    return this.#child !== undefined && !hasEnded(this.#child)
  }

  /** Resolves when it accepts connections. */
  async start(): Promise<void> {
    const [program = '', ...args] = this.#command
    const child = spawn(program, args, { cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    endWithUs(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-4000)
      })
    }
    await until(program, () => READY.test(output) || hasEnded(child), START_MS)
    if (hasEnded(child)) throw new Error(`${this.#command.join(' ')} ended: ${output}`)
  }

  /** Its clients are cut off, as by an operator who is in a hurry. Does nothing when it is stopped. */
  async stop(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || hasEnded(child)) return
    const ended = once(child, 'exit')
    child.kill('SIGCONT')
    child.kill(STOPPED_IN_ORDER)
    await ended
  }

  /** Its connections stay open, and nothing is answered. */
  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null
