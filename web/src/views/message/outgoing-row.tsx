import type { TimelineItem } from '@parlance/client'
import { hueOf } from '../../lib/avatar.ts'
import { Markdown } from '../../markdown/markdown.tsx'
import { count, t } from '../../text/index.ts'
import { Avatar } from '../avatar.tsx'
import { Failed } from './failed.tsx'
import { type RowContext, tabIndexOf } from './row-context.ts'

type Outgoing = Extract<TimelineItem, { kind: 'outgoing' }>

interface OutgoingRowProps {
  readonly item: Outgoing
  readonly isRunOn: boolean
  readonly context: RowContext
}

/** A message of one's own on its way: waiting, being sent, or refused. */
export function OutgoingRow({ item, isRunOn, context }: OutgoingRowProps) {
  const { entry, body } = item
  const { me, myName, client } = context
  const isFailed = entry.state === 'failed'
  const files = entry.draft.kind === 'send' ? (entry.draft.attachments?.length ?? 0) : 0
  return (
    <article
      class="message"
      data-run-on={isRunOn ? '' : undefined}
      data-state={entry.state}
      data-key={item.key}
      tabIndex={tabIndexOf(item.key, context)}
    >
      {!isRunOn && <Avatar id={me} name={myName} />}
      <div class="message-main">
        {!isRunOn && (
          <header class="message-head">
            <span class="sender" data-own="" style={{ '--hue': String(hueOf(me)) }} dir="auto">
              {myName}
            </span>
          </header>
        )}
        <div class="body" dir="auto">
          <Markdown text={body} format="markdown" />
        </div>
        {files > 0 && (
          <p class="state">{count(files, { one: 'message.files.one', other: 'message.files.other' })}</p>
        )}
        {isFailed ? (
          <Failed client={client} clientId={entry.clientId} failure={entry.failure} />
        ) : (
          <p class="state">{t(entry.state === 'queued' ? 'message.queued' : 'message.sending')}</p>
        )}
      </div>
    </article>
  )
}
