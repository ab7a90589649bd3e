import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leaveLong } from './long.ts'

const of = (word: string) => ({ reason: `it is about ${word}`, isOf: (file: string) => file.includes(word) })

test('long files are left by their reason, each once, and the others run in their order', () => {
  const { files, left } = leaveLong(
    ['a/flood', 'b/quick', 'c/kill-flood', 'd/kill'],
    [of('flood'), of('kill')],
  )
  assert.deepEqual(files, ['b/quick'])
  assert.deepEqual(left, [
    { reason: 'it is about flood', files: ['a/flood', 'c/kill-flood'] },
    { reason: 'it is about kill', files: ['d/kill'] },
  ])
})

test('a kind of long files that are not there is not spoken of', () => {
  assert.deepEqual(leaveLong(['a'], [of('flood')]), { files: ['a'], left: [] })
})
