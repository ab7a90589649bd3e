/** What a text that may still be growing says so far. */
type Reading =
  | { readonly outcome: 'complete'; readonly object: object }
  | { readonly outcome: 'incomplete' }
  /** Whatever follows, it will never be an object. */
  | { readonly outcome: 'invalid' }

/**
 * Reads the object that a text begins with, written as JSON or as Python prints one: single quotes,
 * `u''`, `\x`, `True`, `False`, `None`. What follows the object is not looked at.
 */
export function readObject(text: string): Reading {
  try {
    return { outcome: 'complete', object: new Scanner(text).readDocument() }
  } catch (error) {
    if (error instanceof Stop) return { outcome: error.outcome }
    throw error
  }
}

class Stop extends Error {
  readonly outcome: 'incomplete' | 'invalid'

  constructor(outcome: 'incomplete' | 'invalid') {
    super(outcome)
    this.outcome = outcome
  }
}

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
const MAX_CODE_POINT = 0x10ffff

class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  readDocument(): object {
    if (this.#peek() !== '{') throw new Stop('invalid')
    return this.#object()
  }

  #value(): unknown {
    const char = this.#peek()
    if (char === '{') return this.#object()
    if (char === '[') return this.#array()
    if (char === '"' || char === "'") return this.#string()
    return this.#bare()
  }

  #object(): object {
    const entries: [string, unknown][] = []
    this.#items('}', () => {
      const key = this.#key()
      if (this.#peek() !== ':') throw new Stop('invalid')
      this.#at++
      entries.push([key, this.#value()])
    })
    // Own properties only: `__proto__` is a key like any other.
    return Object.fromEntries(entries)
  }

  #array(): unknown[] {
    const values: unknown[] = []
    this.#items(']', () => values.push(this.#value()))
    return values
  }

  #items(end: string, readItem: () => void): void {
    this.#at++
    if (this.#peek() === end) {
      this.#at++
      return
    }
    for (;;) {
      readItem()
      const char = this.#peek()
      this.#at++
      if (char === end) return
      if (char !== ',') throw new Stop('invalid')
    }
  }

  #key(): string {
    const key = this.#peek() === 'u' ? this.#bare() : this.#string()
    if (typeof key !== 'string') throw new Stop('invalid')
    return key
  }

  #bare(): unknown {
    const word = this.#match(BARE)
    const next = this.#char()
    if (word === 'u' && (next === '"' || next === "'")) return this.#string()
    if (WORDS.has(word)) return WORDS.get(word)
    if (NUMBER.test(word)) return Number(word)
    throw new Stop('invalid')
  }

  #string(): string {
    const quote = this.#char()
    if (quote !== '"' && quote !== "'") throw new Stop('invalid')
    this.#at++
    let value = ''
    for (;;) {
      value += this.#match(PLAIN)
      const char = this.#char()
      this.#at++
      if (char === quote) return value
      if (char === '\\') value += this.#escape()
      else if (char > LAST_CONTROL) value += char
      else throw new Stop('invalid')
    }
  }

  #escape(): string {
    const char = this.#char()
    this.#at++
    const plain = ESCAPES.get(char)
    if (plain !== undefined) return plain
    const digits = HEX_DIGITS.get(char)
    if (digits === undefined) throw new Stop('invalid')
    const hex = this.#text.slice(this.#at, this.#at + digits)
    if (!/^[0-9a-fA-F]*$/.test(hex)) throw new Stop('invalid')
    if (hex.length < digits) throw new Stop('incomplete')
    this.#at += digits
    const codePoint = Number.parseInt(hex, 16)
    if (codePoint > MAX_CODE_POINT) throw new Stop('invalid')
    return String.fromCodePoint(codePoint)
  }

  #peek(): string {
    this.#match(SPACE)
    return this.#char()
  }

  #char(): string {
    const char = this.#text[this.#at]
    if (char === undefined) throw new Stop('incomplete')
    return char
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const matched = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += matched.length
    return matched
  }
}
