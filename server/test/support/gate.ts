import { Transform } from 'node:stream'

/** Lets through what is written to it, or keeps it back until it is released. */
export class Gate {
  readonly stream: Transform
  #heldFrom: string | undefined
  #held: Buffer[] = []
  #endHeld: (() => void) | undefined

  constructor(heldFrom?: string) {
    this.#heldFrom = heldFrom
    this.stream = new Transform({
      transform: (piece: Buffer, _encoding, done) => {
        if (this.isHolding() || (this.#heldFrom !== undefined && piece.includes(this.#heldFrom))) {
          this.#held.push(piece)
          done()
        } else done(null, piece)
      },
      flush: (done) => {
        if (this.isHolding()) this.#endHeld = done
        else done()
      },
    })
  }

  /** From the first piece that has the word in it. */
  hold(from: string): void {
    this.#heldFrom = from
  }

  isHolding(word = ''): boolean {
    return this.#held.length > 0 && Buffer.concat(this.#held).includes(word)
  }

  release(): void {
    for (const piece of this.#held) this.stream.push(piece)
    this.#held = []
    this.#heldFrom = undefined
    this.#endHeld?.()
  }
}
