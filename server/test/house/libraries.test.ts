import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { files, SRC } from './imports.ts'

const ROOT = join(SRC, '../..')

/** Libraries that are used beyond their documentation, and the one place that may know them. */
const DOORS: Readonly<Record<string, RegExp>> = {
  postgres: /^store\/postgres\/driver\//,
  '@redis/client': /^bus\/redis\/client\.ts$/,
  'socket.io': /^transport\/engine-io\.ts$/,
  'engine.io': /^transport\/engine-io\.ts$/,
  'acme-client': /^certificates\/acme-order\.ts$/,
}

const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'))

test('a library whose private parts are used is imported by its door only', () => {
  const trespasses = files.flatMap((file) => {
    const text = readFileSync(join(SRC, file), 'utf8')
    return [...text.matchAll(/(?:from|import\()\s*'([^'.][^']*)'/g)].flatMap(([, library = '']) => {
      const door = DOORS[library]
      return door && !door.test(file) ? [`${file} imports ${library}`] : []
    })
  })
  assert.deepEqual(trespasses, [])
})

test('a library whose private parts are used has an exact version, and one only', () => {
  const { dependencies } = json('server/package.json')
  const { packages } = json('package-lock.json')
  for (const library of Object.keys(DOORS)) {
    assert.match(dependencies[library] ?? '', /^\d+\.\d+\.\d+$/, library)
    const locked = Object.entries<{ version: string }>(packages)
      .filter(([path]) => path.endsWith(`node_modules/${library}`))
      .map(([, { version }]) => version)
    assert.deepEqual(locked, [dependencies[library]], library)
  }
})
