import { nameOf } from '../../lib/names.ts'
import { oneLine } from '../../markdown/markdown.tsx'
import { openPane } from '../../state/route.ts'
import { count, t } from '../../text/index.ts'
import type { RowContext, Said } from './row-context.ts'

interface LeadProps {
  readonly seq: number
  readonly context: RowContext
}

/** The line of the message that this one answers. */
export function Quote({ seq, context }: LeadProps) {
  const quoted = context.find(seq)
  return (
    <button type="button" class="quote" onClick={() => context.jump(seq)} title={t('message.toReply')}>
      {quoted ? (
        <>
          <b>{nameOf(quoted.message.sender)}</b> {oneLine(quoted.message.body)}
        </>
      ) : (
        t('message.replyGone')
      )}
    </button>
  )
}

/** Leads to the replies that a message has. */
export const Replies = ({ message }: { message: Said['message'] }) => (
  <button type="button" class="replies" onClick={() => openPane({ is: 'thread', seq: message.seq })}>
    {count(message.replyCount, { one: 'thread.replies.one', other: 'thread.replies.other' })}
  </button>
)

/** Says that a message is a reply in a thread, and leads there. */
export function InThread({ seq, context }: LeadProps) {
  const root = context.find(seq)
  return (
    <button type="button" class="quote" onClick={() => openPane({ is: 'thread', seq })}>
      <b>{t('thread.in')}</b> {root && oneLine(root.message.body)}
    </button>
  )
}
