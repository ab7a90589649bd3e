import { createWriteStream, existsSync, rmSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CommandEnd } from '../../lib/command-end.ts'
import { makeDirectory } from '../../lib/directory.ts'
import { fileRefusal } from '../../lib/file-refusal.ts'
import type { Staging } from '../../store/moving.ts'
import { reopenStaging } from '../endpoints.ts'
import type { Summary } from './summary.ts'

const OWNER_ONLY = 0o600

/** The folder in which an adoption tells what became of what, and keeps what is under way. */
export class ReportFolder {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = resolve(directory)
  }

  get notesFile(): string {
    return join(this.#directory, 'notes.ndjson')
  }

  get idsFile(): string {
    return join(this.#directory, 'ids.ndjson')
  }

  get #summaryFile(): string {
    return join(this.#directory, 'summary.json')
  }

  get #stagingFile(): string {
    return join(this.#directory, 'staging.db')
  }

  requireUnfinished(): void {
    if (existsSync(this.#summaryFile))
      throw new CommandEnd(
        `${this.#directory} tells of an adoption that has ended: nothing is left to do, or name another folder with --report.`,
      )
  }

  /** The staging that an earlier run has left of that source; undefined where it had not read everything. */
  staged(of: string): Staging | undefined {
    if (!existsSync(this.#stagingFile)) return undefined
    const staging = reopenStaging(this.#stagingFile)
    if (staging === undefined || staging.readyAs?.startsWith(`${of}.`)) return staging
    staging.close()
    throw new CommandEnd(
      `${this.#directory} holds what was read of another source: go on with that, or name another folder with --report.`,
    )
  }

  /** The name for a new one; nothing of an older one is left. */
  newStagingFile(): string {
    try {
      makeDirectory(this.#directory)
      this.forgetStaging()
      // SQLite gives the files beside it the same mode.
      writeFileSync(this.#stagingFile, '', { mode: OWNER_ONLY, flag: 'wx' })
      return this.#stagingFile
    } catch (error) {
      throw fileRefusal(error, this.#directory, 'written')
    }
  }

  forgetStaging(): void {
    for (const suffix of ['', '-wal', '-shm', '-journal'])
      rmSync(`${this.#stagingFile}${suffix}`, { force: true })
  }

  /** Writes what was changed or left out, and which ids are new. */
  async tell(staging: Staging): Promise<void> {
    await this.#write(this.notesFile, staging.notes())
    await this.#write(this.idsFile, staging.newIds())
  }

  /** Says that all is done. */
  async finish(summary: Summary): Promise<void> {
    await this.#write(this.#summaryFile, [summary])
  }

  async #write(file: string, lines: Iterable<object>): Promise<void> {
    const partial = `${file}.partial`
    try {
      const out = createWriteStream(partial, { mode: OWNER_ONLY, flush: true })
      await pipeline(Readable.from(asText(lines)), out)
      await rename(partial, file)
    } catch (error) {
      throw fileRefusal(error, file, 'written')
    }
  }
}

function* asText(lines: Iterable<object>): Generator<string> {
  for (const line of lines) yield `${JSON.stringify(line)}\n`
}
