/** The word before the caret that can be completed. */
export interface Token {
  readonly kind: 'person' | 'emoji' | 'command'
  /** Where it begins and ends in the text, with its sign. */
  readonly from: number
  readonly to: number
  /** The text behind its sign. */
  readonly query: string
}

// As the server finds names in a text. Bounded, so that a long text costs no more than a short one.
const PERSON = /(?<![\p{L}\p{N}\p{M}_@.-])@([\p{L}\p{N}\p{M}_.-]{0,40})$/u
/** It takes two letters or more: a colon alone begins no emoji. */
const EMOJI = /(?<![\p{L}\p{N}_:]):([\p{L}\p{N}_+-]{2,30})$/u
const COMMAND = /^\/([a-z]{0,20})$/
/** Characters before the caret that are looked at. */
const REACH = 80

/** Finds what stands before the caret of a message. Nothing is completed within code. */
export function tokenAt(text: string, caret: number): Token | undefined {
  const command = COMMAND.exec(text.slice(0, caret))
  if (command) return { kind: 'command', from: 0, to: caret, query: command[1] ?? '' }
  const before = text.slice(Math.max(0, caret - REACH), caret)
  for (const [kind, pattern] of [
    ['person', PERSON],
    ['emoji', EMOJI],
  ] as const) {
    const query = pattern.exec(before)?.[1]
    if (query !== undefined && !isInCode(text, caret))
      return { kind, from: caret - query.length - 1, to: caret, query }
  }
  return undefined
}

/** Whether an odd number of marks of code stands before the caret: three of them are one. */
const isInCode = (text: string, caret: number): boolean =>
  (text.slice(0, caret).match(/`+/g) ?? []).length % 2 === 1

/** An emoji that was written out, with its closing colon, right before the caret. */
export function codeAt(text: string, caret: number): Token | undefined {
  const code = /:([\p{L}\p{N}_+-]{2,40}):$/u.exec(text.slice(Math.max(0, caret - REACH), caret))?.[1]
  if (code === undefined || isInCode(text, caret)) return undefined
  return { kind: 'emoji', from: caret - code.length - 2, to: caret, query: code }
}
