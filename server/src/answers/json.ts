/** JSON that is written already. */
export class Json {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** In memory: text of other alphabets takes two bytes a character. */
  get byteLength(): number {
    return this.text.length * 2
  }
}
