/** JSON that is written already. */
export class Json {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** Bytes in memory: text of other alphabets takes two a character. */
  get byteLength(): number {
    return this.text.length * 2
  }
}
