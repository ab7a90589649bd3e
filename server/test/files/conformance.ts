import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { describe, type TestContext, test } from 'node:test'
import { toFileId } from '../../src/core/chat.ts'
import { type Files, HEAD_BYTES } from '../../src/files/files.ts'

export const digestOf = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')

const [ONE, TWO] = [toFileId('one'), toFileId('two')]
const always = async () => true
const never = async () => false

export async function put(files: Files, fileId = ONE, bytes: string | Buffer = 'content'): Promise<string> {
  const writer = await files.write(fileId, 0)
  await writer.write(Buffer.from(bytes))
  await writer.sync()
  await writer.close()
  return (await files.seal(fileId)).sha256
}

export async function textOf(files: Files, sha256: string, range?: { first: number; last: number }) {
  const stream = await files.read(sha256, range)
  return stream && (await buffer(stream)).toString()
}

/** Rules for every adapter of the port. `open` gives one that has no files, and removes it after the test. */
export function filesConformance(name: string, open: (t: TestContext) => Promise<Files>): void {
  const rule = (sentence: string, check: (files: Files) => Promise<void>) =>
    test(sentence, async (t) => check(await open(t)))

  describe(`files in ${name}`, () => {
    rule('makes a content of an upload, under its digest', async (files) => {
      const big = Buffer.alloc(3 * HEAD_BYTES, 'abc')
      const writer = await files.write(ONE, 0)
      await writer.write(big.subarray(0, 10))
      await writer.write(big.subarray(10))
      await writer.sync()
      await writer.close()
      const { sha256, bytes, head } = await files.seal(ONE)
      assert.deepEqual([sha256, bytes], [digestOf(big), big.length])
      assert.ok(head.equals(big.subarray(0, HEAD_BYTES)))
      assert.equal(await textOf(files, sha256), big.toString())
      assert.equal(await files.has(sha256), true)
      assert.deepEqual(await Array.fromAsync(files.list()), [sha256])
    })

    rule('goes on with an upload from the length that counts', async (files) => {
      for (const [length, bytes] of [
        [0, 'one lost'],
        [3, ' two'],
      ] as const) {
        const writer = await files.write(ONE, length)
        await writer.write(Buffer.from(bytes))
        await writer.sync()
        await writer.close()
      }
      assert.equal((await files.seal(ONE)).sha256, digestOf('one two'))
    })

    rule('keeps a content once, whatever is uploaded again, and an empty one too', async (files) => {
      const first = await put(files)
      assert.equal(await put(files, TWO), first)
      const empty = await put(files, toFileId('three'), '')
      assert.equal(await textOf(files, empty), '')
      assert.deepEqual((await Array.fromAsync(files.list())).sort(), [first, empty].sort())
    })

    rule('leaves a content as it is, whatever is written to its upload later', async (files) => {
      const sha256 = await put(files)
      const writer = await files.write(ONE, 0)
      await writer.write(Buffer.from('changed'))
      await writer.sync()
      await writer.close()
      assert.equal(await textOf(files, sha256), 'content')
      await files.drop(ONE)
      await files.drop(ONE)
      assert.equal(await textOf(files, sha256), 'content')
    })

    rule('reads a part, and nothing of what is not there', async (files) => {
      const sha256 = await put(files)
      assert.equal(await textOf(files, sha256, { first: 1, last: 3 }), 'ont')
      assert.equal(await textOf(files, sha256, { first: 6, last: 99 }), 't')
      assert.equal(await files.read(digestOf('absent')), undefined)
      assert.equal(await files.has(digestOf('absent')), false)
    })

    rule('removes a content unless it is used after all', async (files) => {
      const sha256 = await put(files)
      let isThereMeanwhile: boolean | undefined
      await files.remove(sha256, async (digest) => {
        isThereMeanwhile = await files.has(digest)
        return true
      })
      assert.equal(isThereMeanwhile, false)
      assert.equal(await textOf(files, sha256), 'content')
      await files.remove(sha256, never)
      assert.equal(await files.has(sha256), false)
      await files.remove(sha256, always)
      assert.equal(await files.has(sha256), false)
    })

    rule('loses no content that is made while it is removed', async (files) => {
      const sha256 = await put(files)
      await files.remove(sha256, async () => {
        await put(files, TWO)
        return true
      })
      assert.equal(await textOf(files, sha256), 'content')
      await files.remove(sha256, async () => {
        await put(files, TWO)
        return false
      })
      assert.equal(await textOf(files, sha256), 'content')
    })

    rule('decides later what a removal has left aside', async (files) => {
      const sha256 = await put(files)
      const crash = new Error('the database is away')
      const fails = async () => {
        throw crash
      }
      await assert.rejects(files.remove(sha256, fails), crash)
      assert.equal(await files.has(sha256), false)
      await files.settle({ isUsed: always, isAwaited: always })
      assert.equal(await textOf(files, sha256), 'content')
      await assert.rejects(files.remove(sha256, fails), crash)
      await files.settle({ isUsed: never, isAwaited: always })
      assert.equal(await files.has(sha256), false)
    })
  })
}
