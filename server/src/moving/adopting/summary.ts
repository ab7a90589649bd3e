import { answer } from '../../lib/answer.ts'
import type { Staging } from '../../store/moving.ts'

/** The end of an adoption, as a program reads it. */
export interface Summary {
  readonly kind: string
  readonly isDryRun: boolean
  /** Rows of each of Parlance's tables. */
  readonly rows: Readonly<Record<string, number>>
  readonly changed: number
  readonly leftOut: number
  readonly newIds: number
}

export function summaryOf(staging: Staging): Pick<Summary, 'changed' | 'leftOut' | 'newIds'> {
  let [changed, leftOut, newIds] = [0, 0, 0]
  for (const { done } of staging.notes()) {
    if (done === 'changed') changed += 1
    else leftOut += 1
  }
  for (const _ of staging.newIds()) newIds += 1
  return { changed, leftOut, newIds }
}

/** Prints every note and every new id, a line of JSON each, and the summary as the last line. */
export async function printAll(staging: Staging, summary: Summary): Promise<void> {
  for (const note of staging.notes()) await answer(`${JSON.stringify({ note })}\n`)
  for (const id of staging.newIds()) await answer(`${JSON.stringify({ id })}\n`)
  await answer(`${JSON.stringify({ summary })}\n`)
}
