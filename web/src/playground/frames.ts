import { type Signal, signal } from '@preact/signals'

/** A request as it was made, from which the same one can be made with curl. */
export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Something that a pane's connection carried. A mark is no bytes: a connection that opened or closed. */
export interface Frame {
  readonly key: number
  readonly way: 'out' | 'in' | 'mark'
  /** The transport, such as `HTTP`. */
  readonly via: string
  readonly text: string
  /** Milliseconds since the page was opened, of the last of them. */
  readonly at: number
  /** How many times the very same came, as polls do. */
  readonly count: number
  readonly asked?: Asked
}

/** Frames that a pane keeps; the oldest go. */
const MOST = 200
/** Characters of a frame that are kept. */
const MOST_CHARACTERS = 4_096
/** A poll's question and its answer take turns: the same again is one of the last so many. */
const LOOKS_BACK = 2

/** The last frames of one pane, oldest first. */
export class FrameLog {
  readonly frames: Signal<readonly Frame[]> = signal([])
  #next = 0

  add(way: Frame['way'], via: string, whole: string, asked?: Asked): void {
    const text = whole.length > MOST_CHARACTERS ? `${whole.slice(0, MOST_CHARACTERS)} …` : whole
    const at = performance.now()
    const all = this.frames.peek()
    const same = all
      .slice(-LOOKS_BACK)
      .find((frame) => frame.way === way && frame.via === via && frame.text === text)
    if (same) {
      this.frames.value = all.map((frame) =>
        frame === same ? { ...frame, at, count: frame.count + 1 } : frame,
      )
      return
    }
    const frame: Frame = { key: this.#next++, way, via, text, at, count: 1, ...(asked && { asked }) }
    this.frames.value = [...all.slice(1 - MOST), frame]
  }

  clear(): void {
    this.frames.value = []
  }
}
