import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '../../..')
const sections = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8').split(/^#{2,3} /m)

for (const section of sections) {
  const [title = ''] = section.split('\n')
  test(`the page on operating names tests of its claims: ${title}`, () => {
    const [, tried = ''] = /^\*Tried by\* ([^*]+)$/m.exec(section) ?? []
    const files = [...tried.matchAll(/`([a-z]+\/[a-z/-]+)`/g)].map(([, name = '']) => name)
    assert.ok(files.length > 0)
    for (const file of files)
      assert.ok(
        ['.test.ts', '.ts'].some((ending) => existsSync(join(ROOT, 'server/test', file + ending))),
        file,
      )
  })
}
