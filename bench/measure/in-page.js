// The questions of the bench to the page of the web client: each page that it opens has them as `bench`.

const list = () => document.querySelector('.messages')
const topRow = () => document.querySelector('.messages article[data-seq]')
const frame = () => new Promise(requestAnimationFrame)

globalThis.bench = {
  took: [],
  isWatching: false,

  /** Notes the milliseconds between frames from now on. */
  watchFrames() {
    this.took = []
    this.isWatching = true
    let last = performance.now()
    const look = () => {
      const now = performance.now()
      this.took.push(now - last)
      last = now
      if (this.isWatching) requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  },

  /** Ends that, and answers with all of them. */
  endFrames() {
    this.isWatching = false
    return this.took
  },

  frame,

  /** Resolves when the list has stood at its end for some frames: rows are measured once they are there. */
  async restAtEnd() {
    for (let calm = 0; calm < 15; calm++) {
      await frame()
      const { scrollHeight = 2, scrollTop = 0, clientHeight = 0 } = list() ?? {}
      if (scrollHeight - scrollTop - clientHeight > 1) calm = 0
    }
  },

  /** The place of the first message that is in the page. */
  topSeq: () => Number(topRow()?.dataset.seq),

  /** Goes to another conversation: milliseconds until a frame has rows of it. */
  async open(address) {
    const startedAt = performance.now()
    const old = topRow()
    location.href = address
    while (topRow() === null || topRow() === old) await frame()
    return performance.now() - startedAt
  },

  /** Milliseconds until the first paint, and bytes of script that came over the network. */
  load: () => ({
    paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    scriptBytes: performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.endsWith('.js'))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  }),
}
