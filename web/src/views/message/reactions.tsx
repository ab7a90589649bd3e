import { t } from '../../text/index.ts'
import type { RowContext, Said } from './row-context.ts'

/** The reactions to a message: a press adds one's own, or takes it back. */
export function Reactions({ item, context }: { item: Said; context: RowContext }) {
  const { message, own, seq } = item
  const { place, listing } = context
  if (message.reactions.length === 0) return null
  return (
    <ul class="reactions">
      {message.reactions.map(({ key, count: n }) => (
        <li key={key}>
          <button
            type="button"
            aria-pressed={own.includes(key)}
            aria-label={t('message.reactions', { key, n })}
            disabled={!listing.can.includes('react')}
            onClick={() => (own.includes(key) ? place.unreact(seq, key) : place.react(seq, key))}
          >
            {key} <span class="number">{n}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
