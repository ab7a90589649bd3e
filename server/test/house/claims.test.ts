import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '../../..')
const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8')

/** Some of the files that this text names are there, and none is missing. */
function assertNamesTests(text: string): void {
  const files = [...text.matchAll(/`([a-z]+\/[a-z0-9/-]+)`/g)].map(([, name = '']) => name)
  assert.ok(files.length > 0)
  for (const file of files)
    assert.ok(
      ['.test.ts', '.ts'].some((ending) => existsSync(join(ROOT, 'server/test', file + ending))),
      file,
    )
}

for (const section of read('docs/operating.md').split(/^#{2,3} /m)) {
  const [title = ''] = section.split('\n')
  test(`the page on operating names tests of its claims: ${title}`, () => {
    const [, tried = ''] = /^\*Tried by\* ([^*]+)$/m.exec(section) ?? []
    assertNamesTests(tried)
  })
}

const [, promises = '', exceptions = ''] = read('SECURITY.md').split(
  /^What (?:the server|it cannot) promise.*$/m,
)

for (const promise of promises.split(/^- /m).slice(1))
  test(`SECURITY names tests of its promise: ${promise.slice(0, 50)}…`, () => {
    const [, tried = ''] = /\(([^()]+)\)\.\s*$/.exec(promise) ?? []
    assertNamesTests(tried)
  })

test('SECURITY names tests of what it says of guests', () => assertNamesTests(exceptions))
