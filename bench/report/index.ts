import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Results } from '../measurement.ts'
import { drawAll } from './charts.ts'
import { writePage } from './page.ts'

export { commitOf, describeMachine, versionsOf } from './machine.ts'

/** GitHub shows a README on the ground that its reader chose there, which only a picture for each can follow. */
const ON_THE_FRONT_PAGE = 'fan-out'

/** Writes `results.json`, `results.md` and `charts/*.svg`, in place of those of the run before. */
export function writeReport(results: Results, directory: string): void {
  const charts = join(directory, 'charts')
  mkdirSync(charts, { recursive: true })
  for (const name of readdirSync(charts)) if (name.endsWith('.svg')) rmSync(join(charts, name))
  const pictures = drawAll(results)
  for (const { name, draw } of pictures) {
    writeFileSync(join(charts, `${name}.svg`), draw('either'))
    if (name !== ON_THE_FRONT_PAGE) continue
    for (const ground of ['light', 'dark'] as const)
      writeFileSync(join(charts, `${name}-${ground}.svg`), draw(ground))
  }
  writeFileSync(join(directory, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(join(directory, 'results.md'), writePage(results, pictures))
}
