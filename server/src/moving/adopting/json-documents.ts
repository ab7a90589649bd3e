import { CommandEnd } from '../../lib/command-end.ts'

/** Characters of one object at most: MongoDB's documents have 16 MiB, and as JSON somewhat more. */
const MAX_DOCUMENT = 32 * 1024 * 1024
const MAX_DEPTH = 100

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COMMA] = [...'"\\{}[],'].map((c) =>
  c.charCodeAt(0),
)
const BLANKS: ReadonlySet<number> = new Set([9, 10, 13, 32, 0xfeff])

/**
 * The objects of a text one by one, whether it is a list of them or has one after the other. Holds one object and one piece of
 * the text at a time. Throws `CommandEnd` for what is no JSON, longer than 32 Mi characters, or nested more than 100 deep.
 */
export async function* documentsIn(pieces: AsyncIterable<string>, place: string): AsyncGenerator<object> {
  const scanner = new Scanner(place)
  for await (const piece of pieces) yield* scanner.take(piece)
  scanner.requireWhole()
}

class Scanner {
  readonly #place: string
  #held = ''
  #depth = 0
  #isInText = false
  #isEscaped = false
  #count = 0

  constructor(place: string) {
    this.#place = place
  }

  *take(piece: string): Generator<object> {
    let start = 0
    for (let at = 0; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at)
      if (this.#depth === 0) {
        if (code === OPEN) [start, this.#depth] = [at, 1]
        else if (!this.#isBetween(code)) throw this.#refusal('is no JSON object, nor a list of them')
        continue
      }
      this.#step(code)
      if (this.#depth > 0) continue
      yield this.#parse(this.#held + piece.slice(start, at + 1))
      this.#held = ''
      start = at + 1
    }
    if (this.#depth > 0) this.#held += piece.slice(start)
    if (this.#held.length > MAX_DOCUMENT) throw this.#refusal(`is longer than ${MAX_DOCUMENT} characters`)
  }

  requireWhole(): void {
    if (this.#depth > 0) throw this.#refusal('does not end')
  }

  #step(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (this.#isInText) {
      if (code === BACKSLASH) this.#isEscaped = true
      else if (code === QUOTE) this.#isInText = false
    } else if (code === QUOTE) this.#isInText = true
    else if (code === OPEN || code === OPEN_LIST) this.#depth += 1
    else if (code === CLOSE || code === CLOSE_LIST) this.#depth -= 1
    if (this.#depth > MAX_DEPTH) throw this.#refusal(`is nested more than ${MAX_DEPTH} deep`)
  }

  #isBetween = (code: number): boolean =>
    BLANKS.has(code) || code === COMMA || code === OPEN_LIST || code === CLOSE_LIST

  #parse(text: string): object {
    try {
      const document = JSON.parse(text) as object
      this.#count += 1
      return document
    } catch (error) {
      throw this.#refusal('is no JSON', error)
    }
  }

  #refusal(what: string, cause?: unknown): CommandEnd {
    const sentence = `${this.#place}: what follows object ${this.#count} ${what}; mend the file, or export it again.`
    return new CommandEnd(sentence, { cause })
  }
}
