import { titleOf } from '../lib/names.ts'
import { dayNameOf } from '../lib/time.ts'
import type { ShownRow } from '../list/stretch.ts'
import { t } from '../text/index.ts'
import { MessageRow } from './message/message-row.tsx'
import { OutgoingRow } from './message/outgoing-row.tsx'
import type { RowContext } from './message/row-context.ts'

/** One row of the list of messages. */
export function ListRow({ row, context }: { row: ShownRow; context: RowContext }) {
  switch (row.kind) {
    case 'message':
      return <MessageRow item={row.item} isRunOn={row.isRunOn} context={context} />
    case 'outgoing':
      return <OutgoingRow item={row.item} isRunOn={row.isRunOn} context={context} />
    case 'deleted':
      return <p class="deleted">{t('message.deleted')}</p>
    case 'day':
      return (
        <h2 class="day">
          <span>{dayName(row.day)}</span>
        </h2>
      )
    case 'new':
      return (
        <p class="new-line">
          <span>{t('conversation.new')}</span>
        </p>
      )
    case 'beginning':
      return <Beginning context={context} />
  }
}

/** The beginning of a conversation, or of what has not been deleted of it. */
function Beginning({ context: { listing } }: { context: RowContext }) {
  const key = listing.kind === 'private' ? 'conversation.beginningPrivate' : 'conversation.beginning'
  return (
    <p class="beginning" dir="auto">
      {listing.firstSeq > 1 ? t('conversation.beginningPurged') : t(key, { name: titleOf(listing) })}
    </p>
  )
}

export const dayName = (day: number): string =>
  dayNameOf(day, { today: t('day.today'), yesterday: t('day.yesterday') })
