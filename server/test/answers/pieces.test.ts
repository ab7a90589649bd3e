import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Begun, listPieces } from '../../src/answers/index.ts'

const SMALL = 100
const LARGE = 100_000

async function* blocksOf(lengths: readonly number[]) {
  for (const [n, length] of lengths.entries()) yield Buffer.alloc(length, `${n % 10}`)
}

const LISTS: readonly (readonly number[])[] = [
  ...[[], [SMALL], [LARGE], [SMALL, SMALL], [LARGE, LARGE], [SMALL, LARGE, SMALL], [LARGE, SMALL, LARGE]],
  Array.from({ length: 3_000 }, () => SMALL),
  Array.from({ length: 10 }, (_, n) => 65_530 + n),
]

test('a list in pieces is its blocks with commas between them, whatever their lengths', async () => {
  for (const lengths of LISTS) {
    const pieces: Buffer[] = []
    for await (const piece of listPieces(blocksOf(lengths), ['<', '>'])) pieces.push(piece)
    const blocks: string[] = []
    for await (const block of blocksOf(lengths)) blocks.push(block.toString())
    assert.equal(Buffer.concat(pieces).toString(), `<${blocks.join(',')}>`)
    assert.ok(
      pieces.length <= 2 + 2 * lengths.filter((length) => length > SMALL).length + lengths.length / 500,
    )
  }
})

test('a failure in the first pieces rejects, a later one is left to the sender of the rest', async () => {
  async function* failing(after: number) {
    for (let n = 0; n < after; n++) yield Buffer.alloc(LARGE)
    throw new Error('away')
  }
  await assert.rejects(Begun.from(failing(0)), /away/)
  await assert.rejects(Begun.from(failing(2)), /away/)
  const { rest } = await Begun.from(failing(5))
  assert.ok(rest)
})
