import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { CommandEnd } from '../../../lib/command-end.ts'
import { documentsIn } from '../json-documents.ts'

/** An entry that unpacks to more is a bomb when it does so by this factor; JSON shrinks to a tenth. */
const MAX_FACTOR = 200
const HARMLESS_BYTES = 16 * 1024 * 1024
const MAX_ENTRIES = 5_000_000

/** Slack's zip file. Entries are read as they come, and none is held. */
export class ExportFile {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  /** The entries' names and unpacked sizes. Throws `CommandEnd` for a file that is no zip, or a bomb. */
  async *entries(): AsyncGenerator<{ readonly name: string; readonly bytes: number }> {
    for await (const { entry } of this.#each()) yield { name: entry.fileName, bytes: entry.uncompressedSize }
  }

  /** The objects of all entries whose names match, with the match. */
  async *documents(
    names: RegExp,
  ): AsyncGenerator<{ readonly found: RegExpExecArray; readonly document: object }> {
    for await (const { zip, entry } of this.#each()) {
      const found = names.exec(entry.fileName)
      if (!found) continue
      const stream = await zip.openReadStreamPromise(entry)
      try {
        for await (const document of documentsIn(
          stream.setEncoding('utf8'),
          `${this.#file}, ${entry.fileName}`,
        ))
          yield { found, document }
      } catch (error) {
        throw this.#refusal(error)
      } finally {
        stream.destroy()
      }
    }
  }

  async *#each(): AsyncGenerator<{ readonly zip: ZipFile; readonly entry: Entry }> {
    const zip = await this.#open()
    try {
      if (zip.entryCount > MAX_ENTRIES) throw this.#refusal(new Error(`more than ${MAX_ENTRIES} entries`))
      for await (const entry of zip.eachEntry()) {
        this.#requireHarmless(entry)
        yield { zip, entry }
      }
    } catch (error) {
      throw this.#refusal(error)
    } finally {
      zip.close()
    }
  }

  #requireHarmless({ fileName, compressedSize, uncompressedSize }: Entry): void {
    if (uncompressedSize > HARMLESS_BYTES && uncompressedSize > compressedSize * MAX_FACTOR)
      throw new CommandEnd(
        `${this.#file}: ${fileName} would unpack to ${uncompressedSize} bytes, ${MAX_FACTOR} times its size or more: that is no export of Slack.`,
      )
  }

  async #open(): Promise<ZipFile> {
    try {
      return await openPromise(this.#file, { lazyEntries: true, autoClose: false })
    } catch (error) {
      throw this.#refusal(error)
    }
  }

  #refusal(error: unknown): CommandEnd {
    if (error instanceof CommandEnd) return error
    const why = error instanceof Error ? error.message : String(error)
    const sentence = `${this.#file} cannot be read as a zip file (${why.replace(/\.$/, '')}): name the one that Slack has exported.`
    return new CommandEnd(sentence, { cause: error })
  }
}
