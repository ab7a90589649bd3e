import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Results } from '../measurement.ts'
import { drawAll } from './charts.ts'
import { writePage } from './page.ts'

export { commitOf, describeMachine, versionsOf } from './machine.ts'

/** Writes `results.json`, `results.md` and `charts/*.svg`, in place of those of the run before. */
export function writeReport(results: Results, directory: string): void {
  const charts = join(directory, 'charts')
  mkdirSync(charts, { recursive: true })
  for (const name of readdirSync(charts)) if (name.endsWith('.svg')) rmSync(join(charts, name))
  const pictures = drawAll(results)
  for (const { name, svg } of pictures) writeFileSync(join(charts, `${name}.svg`), svg)
  writeFileSync(join(directory, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(join(directory, 'results.md'), writePage(results, pictures))
}
