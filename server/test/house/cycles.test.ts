import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imports } from './imports.ts'

const imported = Map.groupBy(imports, ({ file }) => file)
const settled = new Set<string>()

/** A cycle that can be reached from the last file of the path; undefined where there is none. */
function cycleFrom(path: readonly string[]): readonly string[] | undefined {
  const file = path.at(-1) ?? ''
  const start = path.indexOf(file)
  if (start < path.length - 1) return path.slice(start)
  if (settled.has(file)) return undefined
  for (const { target } of imported.get(file) ?? []) {
    const cycle = cycleFrom([...path, target])
    if (cycle) return cycle
  }
  settled.add(file)
  return undefined
}

test('no file imports itself by way of others, not even its types', () => {
  const cycle = [...imported.keys()].reduce<readonly string[]>(
    (found, file) => (found.length > 0 ? found : (cycleFrom([file]) ?? [])),
    [],
  )
  assert.deepEqual(cycle, [])
})
