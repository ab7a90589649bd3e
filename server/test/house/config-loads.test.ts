import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const SRC = join(import.meta.dirname, '../../src')

/** The files that an import loads which nothing has loaded before. */
async function loadedBy(load: () => Promise<unknown>): Promise<readonly string[]> {
  const loaded: string[] = []
  const hooks = registerHooks({
    load(url, context, next) {
      if (url.startsWith('file:')) loaded.push(relative(SRC, fileURLToPath(url)))
      return next(url, context)
    },
  })
  await load()
  hooks.deregister()
  return loaded
}

test('reading the settings loads no library, and no dialect: a start waits only for those that are on', async () => {
  const loaded = await loadedBy(() => import('../../src/config/index.ts'))
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

test('an operator’s command loads no client of a database, before it knows which one is asked', async () => {
  const loaded = await loadedBy(() => import('../../src/operating/index.ts'))
  assert.ok(loaded.includes('operating/accounts.ts'))
  assert.deepEqual(
    loaded.filter((file) => /node_modules\/(@redis|postgres)\//.test(file)),
    [],
  )
})
