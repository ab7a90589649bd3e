import type { WriteStream } from 'node:tty'

const EVERY_MS = 1000
/** Goes to the line's start, and clears the line. */
const AFRESH = '\r\x1b[K'

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
export const count = (units: number): string => grouped.format(units)

/** Tells how far one step of a command is: in place on a terminal, else on lines; once a second and at its end. */
export class Progress {
  readonly #step: string
  readonly #total: number | null
  readonly #out: WriteStream
  /** The unit's name, in the plural. */
  readonly #unit: string
  readonly #startedAt = performance.now()
  #toldAt = this.#startedAt
  #skipped = 0
  #done = 0

  /** `total` is null where nobody knows it. */
  constructor(step: string, total: number | null, out: WriteStream, unit = 'rows') {
    this.#step = step
    this.#total = total
    this.#out = out
    this.#unit = unit
  }

  /** Counts units that took no time as done: the speed leaves them out. */
  readonly skip = (units: number): void => {
    this.#skipped += units
  }

  readonly advance = (units: number): void => {
    this.#done += units
    if (performance.now() - this.#toldAt < EVERY_MS) return
    this.#toldAt = performance.now()
    this.#out.write(this.#out.isTTY ? `${AFRESH}${this.#line()}` : `${this.#line()}\n`)
  }

  end(): void {
    this.#out.write(`${this.#out.isTTY ? AFRESH : ''}${this.#line()}\n`)
  }

  /** Milliseconds since the step began. */
  get elapsedMs(): number {
    return performance.now() - this.#startedAt
  }

  #line(): string {
    const units = this.#skipped + this.#done
    const speed = `${count(this.#done / (this.elapsedMs / 1000))} ${this.#unit}/s`
    const step = `${this.#step.padEnd(10)} ${count(units)}`
    if (this.#total === null) return `${step} ${this.#unit}, ${speed}`
    const percent = this.#total === 0 ? 100 : Math.floor((units / this.#total) * 100)
    return `${step} of ${count(this.#total)} ${this.#unit}, ${percent} %, ${speed}`
  }
}
