/** Several times the usual duration. Without an end, a caller such as CI would learn nothing. */
const DEADLINE_MS = 60 * 60_000

/** A silence longer than that is broken by a line that says what still runs. */
const SILENCE_MS = 10_000

/** Writes lines, says what runs when there were none for a while, and gives up at the deadline. */
export class Printer {
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
