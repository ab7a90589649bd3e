// Writes the documents of the native dialect beside this file: npx node docs/reference/documents.ts
//
// Clients of an earlier version must be able to live with them: what is removed or narrowed is refused. With
// --incompatible it is written all the same, which is only for what no version has been released with.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asyncApi } from '../../server/src/dialects/native/documents/asyncapi.ts'
import { openApi } from '../../server/src/dialects/native/documents/openapi.ts'
import { incompatibilities } from '../compatibility.ts'

/** The documents as they stand in the repository, by their files' names. */
export const DOCUMENTS: Readonly<Record<string, () => string>> = {
  'asyncapi.json': () => `${JSON.stringify(asyncApi(), null, 2)}\n`,
  'openapi.json': () => `${JSON.stringify(openApi(), null, 2)}\n`,
}

function write(file: string, text: string): void {
  const place = join(import.meta.dirname, file)
  const faults = existsSync(place)
    ? incompatibilities(JSON.parse(readFileSync(place, 'utf8')), JSON.parse(text))
    : []
  if (faults.length > 0 && !process.argv.includes('--incompatible')) {
    process.exitCode = 1
    console.error(`${file} would take something away from clients:\n  ${faults.join('\n  ')}`)
    return
  }
  writeFileSync(place, text)
}

if (import.meta.main) for (const [file, text] of Object.entries(DOCUMENTS)) write(file, text())
