import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const SRC = join(import.meta.dirname, '../../src')

test('reading the settings loads no library, and no dialect: a start waits only for those that are on', async () => {
  const loaded: string[] = []
  const hooks = registerHooks({
    load(url, context, next) {
      if (url.startsWith('file:')) loaded.push(relative(SRC, fileURLToPath(url)))
      return next(url, context)
    },
  })
  await import('../../src/config/index.ts')
  hooks.deregister()
  const ofDialects = loaded.filter((file) => /^dialects\/\w+\//.test(file))
  assert.ok(ofDialects.includes('dialects/rooms/row.ts'))
  assert.deepEqual(
    ofDialects.filter((file) => !/\/(row|[\w-]*settings?)\.ts$/.test(file)),
    [],
  )
  assert.deepEqual(
    loaded.filter((file) =>
      /^(transport|core|delivery|answers|pusher|store|bus|observe)\/|node_modules/.test(file),
    ),
    [],
  )
})
