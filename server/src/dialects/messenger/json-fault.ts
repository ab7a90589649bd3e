/** The fault of a text that is not JSON, in the words of Python's decoder. */
interface JsonFault {
  readonly msg: string
  /** Index in UTF-16 units. */
  readonly at: number
}

const SPACE = /[ \t\n\r]*/y
const LITERAL = /null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// Up to a quote, a backslash or what may not stand in a string.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what ends it.
const PLAIN = /[^"\\\u0000-\u001f]*/y
const ESCAPE = /\\["\\/bfnrt]/y
const UNICODE_ESCAPE = /\\u[0-9a-fA-F]{4}/y

class Fault extends Error implements JsonFault {
  readonly msg: string
  readonly at: number

  constructor(msg: string, at: number) {
    super(msg)
    this.msg = msg
    this.at = at
  }
}

/** Where and why `JSON.parse` failed. Runs only then: nothing here is in the way of a good request. */
export function faultOf(text: string): JsonFault {
  try {
    new Scanner(text).scan()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  return { msg: 'Expecting value', at: 0 }
}

type Expected = 'value' | 'key' | 'end or comma'

/** Walks JSON without recursion, so that depth costs an array entry and not a stack frame. */
class Scanner {
  readonly #text: string
  readonly #open: ('{' | '[')[] = []
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  scan(): void {
    let expected: Expected | undefined = 'value'
    while (expected) {
      this.#skip(SPACE)
      if (expected === 'value') expected = this.#value()
      else if (expected === 'key') expected = this.#key()
      else expected = this.#endOrComma()
    }
  }

  #value(): Expected {
    const char = this.#text[this.#at]
    if (char === '{' || char === '[') return this.#enter(char)
    if (char === '"') this.#string()
    else if (!this.#skip(LITERAL)) throw this.#fault('Expecting value')
    return 'end or comma'
  }

  #enter(bracket: '{' | '['): Expected {
    this.#open.push(bracket)
    this.#at++
    this.#skip(SPACE)
    if (this.#text[this.#at] === closing(bracket)) return 'end or comma'
    return bracket === '{' ? 'key' : 'value'
  }

  #key(): Expected {
    if (this.#text[this.#at] !== '"') throw this.#fault('Expecting property name enclosed in double quotes')
    this.#string()
    this.#skip(SPACE)
    if (this.#text[this.#at] !== ':') throw this.#fault("Expecting ':' delimiter")
    this.#at++
    return 'value'
  }

  #endOrComma(): Expected | undefined {
    const bracket = this.#open.at(-1)
    const char = this.#text[this.#at]
    if (!bracket) {
      if (char !== undefined) throw this.#fault('Extra data')
      return undefined
    }
    if (char !== ',' && char !== closing(bracket)) throw this.#fault("Expecting ',' delimiter")
    this.#at++
    if (char === ',') return bracket === '{' ? 'key' : 'value'
    this.#open.pop()
    return 'end or comma'
  }

  #string(): void {
    const start = this.#at++
    for (;;) {
      this.#skip(PLAIN)
      const char = this.#text[this.#at]
      if (char === '"') break
      if (char === undefined) throw new Fault('Unterminated string starting at', start)
      if (char !== '\\') throw this.#fault('Invalid control character at')
      this.#escape(start)
    }
    this.#at++
  }

  #escape(start: number): void {
    const escaped = this.#text[this.#at + 1]
    if (escaped === undefined) throw new Fault('Unterminated string starting at', start)
    if (this.#skip(ESCAPE) || this.#skip(UNICODE_ESCAPE)) return
    if (escaped !== 'u') throw this.#fault('Invalid \\escape')
    throw new Fault('Invalid \\uXXXX escape', this.#at + 1)
  }

  /** Whether the pattern matched anything here. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    const length = pattern.exec(this.#text)?.[0].length ?? 0
    this.#at += length
    return length > 0
  }

  #fault(msg: string): Fault {
    return new Fault(msg, this.#at)
  }
}

const closing = (bracket: '{' | '['): string => (bracket === '{' ? '}' : ']')
