/** The reading so far of a text that may still be growing. */
type Reading =
  | { readonly outcome: 'complete'; readonly object: object }
  | { readonly outcome: 'incomplete' }
  /** The text will never be an object, whatever follows. */
  | { readonly outcome: 'invalid' }

/**
 * Reads the object that a text begins with, written as JSON or as Python prints one: single quotes,
 * `u''`, `\x`, `True`, `False`, `None`. The text after the object is not looked at.
 */
export const readObject = (text: string): Reading => new ObjectReader().push(text)

/**
 * Like `readObject`, for a text that comes in pieces. Each character is read once, however small the pieces: the
 * scanner stops in the midst of its work and goes on there.
 */
export class ObjectReader {
  readonly #scanner = new Scanner()
  readonly #work = this.#scanner.readDocument()

  /** Not to be called again once the outcome is not 'incomplete'. */
  push(text: string): Reading {
    this.#scanner.feed(text)
    try {
      const { done, value } = this.#work.next()
      return done ? { outcome: 'complete', object: value } : { outcome: 'incomplete' }
    } catch (error) {
      if (error instanceof Invalid) return { outcome: 'invalid' }
      throw error
    }
  }
}

class Invalid extends Error {}

/** Yields whenever it needs more of the text. */
type Work<T> = Generator<undefined, T, undefined>

/** Levels of objects in objects; each is another function to go back into at each piece. */
const MAX_DEPTH = 16

const SPACE = /[ \t\r\n]*/y
const BARE = /[\w.+-]*/y
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
const PLAIN = /[^"'\\\p{Cc}]+/uy
/** Stands in a string only escaped, like all before it. */
const LAST_CONTROL = '\x1f'

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['null', null],
  ['None', null],
])

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ...['"', "'", '\\', '/'].map((char) => [char, char] as const),
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])
const HEX_DIGIT = /^[0-9a-fA-F]$/
const MAX_CODE_POINT = 0x10ffff

class Scanner {
  /** The text from `#at` on is still to be read. */
  #text = ''
  #at = 0
  #depth = 0

  feed(text: string): void {
    this.#text = this.#text.slice(this.#at) + text
    this.#at = 0
  }

  *readDocument(): Work<object> {
    if ((yield* this.#peek()) !== '{') throw new Invalid()
    return yield* this.#object()
  }

  *#value(): Work<unknown> {
    const char = yield* this.#peek()
    if (char === '{') return yield* this.#object()
    if (char === '[') return yield* this.#array()
    if (char === '"' || char === "'") return yield* this.#string()
    return yield* this.#bare()
  }

  *#object(): Work<object> {
    const entries: [string, unknown][] = []
    const readEntry = function* (this: Scanner): Work<void> {
      const key = yield* this.#key()
      if ((yield* this.#peek()) !== ':') throw new Invalid()
      this.#at++
      entries.push([key, yield* this.#value()])
    }
    yield* this.#items('}', readEntry.bind(this))
    // Own properties only: `__proto__` is a key like any other.
    return Object.fromEntries(entries)
  }

  *#array(): Work<unknown[]> {
    const values: unknown[] = []
    const readValue = function* (this: Scanner): Work<void> {
      values.push(yield* this.#value())
    }
    yield* this.#items(']', readValue.bind(this))
    return values
  }

  *#items(end: string, readItem: () => Work<void>): Work<void> {
    if (++this.#depth > MAX_DEPTH) throw new Invalid()
    this.#at++
    if ((yield* this.#peek()) === end) this.#at++
    else while (yield* this.#itemBefore(end, readItem));
    this.#depth--
  }

  /** Whether another item follows. */
  *#itemBefore(end: string, readItem: () => Work<void>): Work<boolean> {
    yield* readItem()
    const char = yield* this.#peek()
    this.#at++
    if (char !== end && char !== ',') throw new Invalid()
    return char === ','
  }

  *#key(): Work<string> {
    const key = (yield* this.#peek()) === 'u' ? yield* this.#bare() : yield* this.#string()
    if (typeof key !== 'string') throw new Invalid()
    return key
  }

  *#bare(): Work<unknown> {
    const word = yield* this.#matchAll(BARE)
    const next = yield* this.#char()
    if (word === 'u' && (next === '"' || next === "'")) return yield* this.#string()
    if (WORDS.has(word)) return WORDS.get(word)
    if (NUMBER.test(word)) return Number(word)
    throw new Invalid()
  }

  *#string(): Work<string> {
    const quote = yield* this.#char()
    if (quote !== '"' && quote !== "'") throw new Invalid()
    this.#at++
    let value = ''
    for (;;) {
      value += this.#match(PLAIN)
      const char = yield* this.#char()
      this.#at++
      if (char === quote) return value
      if (char === '\\') value += yield* this.#escape()
      else if (char > LAST_CONTROL) value += char
      else throw new Invalid()
    }
  }

  *#escape(): Work<string> {
    const char = yield* this.#char()
    this.#at++
    const plain = ESCAPES.get(char)
    if (plain !== undefined) return plain
    const digits = HEX_DIGITS.get(char)
    if (digits === undefined) throw new Invalid()
    let hex = ''
    while (hex.length < digits) {
      const digit = yield* this.#char()
      if (!HEX_DIGIT.test(digit)) throw new Invalid()
      this.#at++
      hex += digit
    }
    const codePoint = Number.parseInt(hex, 16)
    if (codePoint > MAX_CODE_POINT) throw new Invalid()
    return String.fromCodePoint(codePoint)
  }

  *#peek(): Work<string> {
    yield* this.#matchAll(SPACE)
    return yield* this.#char()
  }

  *#char(): Work<string> {
    for (;;) {
      const char = this.#text[this.#at]
      if (char !== undefined) return char
      yield
    }
  }

  /** The text that matches, up to a character that does not: the match may go on in the next piece. */
  *#matchAll(pattern: RegExp): Work<string> {
    let matched = ''
    for (;;) {
      matched += this.#match(pattern)
      if (this.#at < this.#text.length) return matched
      yield
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const matched = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += matched.length
    return matched
  }
}
