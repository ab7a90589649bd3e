import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OPERATIONS } from '@parlance/protocol'

const FILE = join(import.meta.dirname, '../src/rest/operations.ts')

/**
 * The text of `src/rest/operations.ts`: the protocol's table without its schemas, which a client has no use for. Each is
 * a constant of its own, so that a page loads those that it uses.
 */
export function operationsText(): string {
  const lines = Object.entries(OPERATIONS).map(
    ([id, { method, path }]) => `export const ${id} = '${method} ${path}' as Route<'${id}'>`,
  )
  return [
    "import type { Route } from './route.ts'",
    '',
    '// Written by `node sdk/build/operations.ts` from the table of operations.',
    '',
    ...lines,
    '',
  ].join('\n')
}

if (import.meta.main) writeFileSync(FILE, operationsText())
