import { CommandEnd } from '../../../lib/command-end.ts'
import type { Origin } from '../origin.ts'
import { type ExportFile, exportedIn, exportFiles } from './export-files.ts'
import { collectionOf, GroupsIntake } from './groups-intake.ts'

/** Each file that has something for it is read once for each of these, in this order. */
const STEPS = ['people', 'groups', 'visits', 'texts'] as const

/** Opens the files that `mongoexport` has written. Throws `CommandEnd` for files that are not those of groups. */
export async function groupsOrigin(source: string): Promise<Origin> {
  const files = await exportFiles(source)
  if (!(await areOfGroups(files)))
    throw new CommandEnd(
      `${source} is not the database of groups, which has users with username and current_group, and groups with group_name and user: name the folder with the files that mongoexport has written of its collections User, Group and Text.`,
    )
  const bytes = files.reduce((total, file) => total + file.bytes, 0)
  const read: Origin['read'] = async (intake, onRead, signal) => {
    const groups = new GroupsIntake(intake)
    for (const step of STEPS) {
      for (const file of files) {
        if (!groups.isIn(file.path, step)) {
          onRead(file.bytes)
          continue
        }
        for await (const { document, place } of exportedIn(file, onRead)) {
          signal.throwIfAborted()
          await groups.take(step, document, { place, file: file.path })
        }
      }
      await groups.endPeople()
    }
  }
  return { total: bytes * STEPS.length, unit: 'bytes', read, close: async () => {} }
}

/** Looks at the first document of each file, and at all only where a file has several collections. */
async function areOfGroups(files: readonly ExportFile[]): Promise<boolean> {
  const seen = new Set<string | undefined>()
  for (const most of [1, Number.POSITIVE_INFINITY])
    for (const file of files) {
      let count = 0
      for await (const { document } of exportedIn(file)) {
        seen.add(collectionOf(document))
        count += 1
        if (count >= most || (seen.has('User') && seen.has('Group'))) break
      }
    }
  return seen.has('User') && seen.has('Group')
}
