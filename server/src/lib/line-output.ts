import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import { runAfter } from './timers.ts'

/** Bytes of lines that wait for a reader that has not kept up; past them new lines are lost. */
const MAX_WAITING_BYTES = 1024 * 1024
/** Milliseconds until such a reader is tried again, and a descriptor that failed. */
const BUSY_RETRY_MS = 100
const BROKEN_RETRY_MS = 1000

interface Entry {
  /** The bytes that are not written yet. */
  bytes: Buffer
  /** The number of lost lines that it reports; 0 for a line itself. */
  readonly tellsOf: number
}

/**
 * Writes lines to a descriptor that may be full, closed, unread, or a terminal that is gone: `write` never waits for a
 * reader and never throws. Lines that cannot be written are lost and counted; lines that a slow reader has not taken
 * wait, at most 1 MiB of them. Once writing works again, `notice` tells how many lines are missing, in their place.
 */
export class LineOutput {
  readonly #fd: number
  readonly #notice: (lost: number) => string
  #waiting: Entry[] = []
  #waitingBytes = 0
  #lost = 0
  /** Lost lines that no notice has reported yet. */
  #untold = 0
  #isBroken = false
  #isHeadBegun = false
  /** The last thing written is the beginning of a line whose rest is lost. */
  #isTorn = false
  #retry: NodeJS.Timeout | undefined

  /** Without `notice` lost lines are counted, and not reported. */
  constructor(fd: 1 | 2, notice: (lost: number) => string = () => '') {
    this.#fd = neverWaiting(fd)
    this.#notice = notice
    process.once('exit', () => this.#flush())
  }

  /** Lines lost since the process began. */
  get lost(): number {
    return this.#lost
  }

  /** One line, or several that belong together. */
  write(text: string): void {
    const bytes = Buffer.from(text)
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      this.#lost++
      this.#untold++
      return
    }
    this.#tell()
    this.#add({ bytes, tellsOf: 0 })
    // Else the line waits for the retry. A broken descriptor is tried at each line: writing may work again.
    if (this.#retry === undefined || this.#isBroken) this.#flush()
  }

  #tell(): void {
    if (this.#untold === 0) return
    this.#add({ bytes: Buffer.from(this.#notice(this.#untold)), tellsOf: this.#untold })
    this.#untold = 0
  }

  #add(entry: Entry): void {
    this.#waiting.push(entry)
    this.#waitingBytes += entry.bytes.length
  }

  #flush(): void {
    const obstacle = this.#writeAll()
    this.#isBroken = obstacle === 'broken'
    if (obstacle === undefined) return
    if (obstacle === 'broken') this.#giveUp()
    this.#retry ??= runAfter(obstacle === 'busy' ? BUSY_RETRY_MS : BROKEN_RETRY_MS, () => {
      this.#retry = undefined
      this.#tell()
      this.#flush()
    }).unref()
  }

  #writeAll(): 'busy' | 'broken' | undefined {
    for (let [head] = this.#waiting; head; [head] = this.#waiting) {
      if (this.#isTorn) {
        head.bytes = Buffer.concat([LINE_END, head.bytes])
        this.#waitingBytes += LINE_END.length
        this.#isTorn = false
      }
      const written = attempt(this.#fd, head.bytes)
      if (typeof written !== 'number') return written
      this.#waitingBytes -= written
      this.#isHeadBegun = written < head.bytes.length
      if (this.#isHeadBegun) head.bytes = head.bytes.subarray(written)
      else this.#waiting.shift()
    }
    return undefined
  }

  #giveUp(): void {
    for (const { tellsOf } of this.#waiting) {
      if (tellsOf === 0) this.#lost++
      this.#untold += tellsOf || 1
    }
    this.#waiting = []
    this.#waitingBytes = 0
    this.#isTorn ||= this.#isHeadBegun
    this.#isHeadBegun = false
  }
}

const LINE_END = Buffer.from('\n')

/** The number of bytes written, which may be fewer than given. */
function attempt(fd: number, bytes: Buffer): number | 'busy' | 'broken' {
  try {
    return writeSync(fd, bytes)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code === 'EAGAIN' || code === 'EINTR' ? 'busy' : 'broken'
  }
}

/** A descriptor of the same file, on which a write that would have to wait fails instead. */
function neverWaiting(fd: 1 | 2): number {
  const kind = fstatSync(fd)
  // Node itself makes writes to a pipe or a socket fail so, as soon as it has made a stream of it.
  if (kind.isFIFO() || kind.isSocket()) Reflect.get(process, fd === 1 ? 'stdout' : 'stderr')
  if (!kind.isCharacterDevice()) return fd
  try {
    // A write to a terminal that is stopped (Ctrl-S) or whose window hangs would wait.
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    // This system has no such files, or the terminal is another user's: a write may then wait.
    return fd
  }
}
