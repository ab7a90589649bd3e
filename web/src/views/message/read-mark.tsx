import { nameOf } from '../../lib/names.ts'
import type { ReadBy } from '../../lib/use-readers.ts'
import { listText, t } from '../../text/index.ts'
import { CheckIcon } from '../icons.tsx'

/** Names that are told one by one. */
const MOST_NAMES = 3

/** A mark beside a message that others have read: it takes no room, so that nothing moves when it comes. */
export function ReadMark({ people }: { people: ReadBy['people'] }) {
  const names = people.map(nameOf)
  const label =
    names.length > MOST_NAMES
      ? t('readers.byMany', { n: names.length })
      : t('readers.by', { names: listText(names) })
  return (
    <span class="read-by" role="img" aria-label={label} title={label}>
      <CheckIcon />
    </span>
  )
}
