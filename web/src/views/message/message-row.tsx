import { hueOf } from '../../lib/avatar.ts'
import { nameOf } from '../../lib/names.ts'
import { timeOf, wholeTimeOf } from '../../lib/time.ts'
import { Markdown } from '../../markdown/markdown.tsx'
import { openPane } from '../../state/route.ts'
import { t } from '../../text/index.ts'
import { Avatar } from '../avatar.tsx'
import { PinIcon } from '../icons.tsx'
import { Attachments } from './attachments.tsx'
import { Failed } from './failed.tsx'
import { InThread, Quote, Replies } from './leads.tsx'
import { MessageActions } from './message-actions.tsx'
import { Reactions } from './reactions.tsx'
import { ReadMark } from './read-mark.tsx'
import { type RowContext, type Said, tabIndexOf } from './row-context.ts'

interface MessageRowProps {
  readonly item: Said
  readonly isRunOn: boolean
  readonly context: RowContext
}

/** One message of the log, with its header unless it follows another of the same person. */
export function MessageRow({ item, isRunOn, context }: MessageRowProps) {
  const { message, own, pending } = item
  const { place, listing, me, client } = context
  const { sender } = message
  const failed = pending.find(({ state }) => state === 'failed')
  return (
    <article
      class={context.marked === item.seq ? 'message found' : 'message'}
      data-run-on={isRunOn ? '' : undefined}
      data-seq={item.seq}
      data-key={item.key}
      tabIndex={tabIndexOf(item.key, context)}
      aria-label={`${nameOf(sender)}, ${wholeTimeOf(message.sentAt)}`}
    >
      {!isRunOn && <Avatar id={sender.id} name={nameOf(sender)} />}
      <div class="message-main">
        {message.pinnedAt !== null && context.thread === undefined && (
          <p class="pinned">
            <PinIcon /> {t('message.pinned')}
          </p>
        )}
        {message.thread !== null && context.thread === undefined && (
          <InThread seq={message.thread} context={context} />
        )}
        {message.replyTo !== null && <Quote seq={message.replyTo} context={context} />}
        {!isRunOn && (
          <header class="message-head">
            <button
              type="button"
              class="sender name"
              data-own={sender.id === me ? '' : undefined}
              style={{ '--hue': String(hueOf(sender.id)) }}
              dir="auto"
              tabIndex={-1}
              onClick={() => openPane({ is: 'person', id: sender.id })}
            >
              {nameOf(sender)}
            </button>
            <time dateTime={message.sentAt} title={wholeTimeOf(message.sentAt)}>
              {timeOf(message.sentAt)}
            </time>
          </header>
        )}
        {isRunOn && (
          <time class="aside" dateTime={message.sentAt} title={wholeTimeOf(message.sentAt)}>
            {timeOf(message.sentAt)}
          </time>
        )}
        <div class="body" dir="auto">
          <Markdown text={message.body} format={message.format} mentions={mentionsOf(message)} />
          {message.editedAt !== null && (
            <span class="edited" title={wholeTimeOf(message.editedAt)}>
              ({t('message.edited')})
            </span>
          )}
        </div>
        {message.attachments.length > 0 && <Attachments place={place} attachments={message.attachments} />}
        <Reactions item={item} context={context} />
        {message.replyCount > 0 && context.thread === undefined && <Replies message={message} />}
        {failed && <Failed client={client} clientId={failed.clientId} failure={failed.failure} />}
      </div>
      {context.readBy?.seq === item.seq && <ReadMark people={context.readBy.people} />}
      <MessageActions
        client={client}
        isInThread={context.thread !== undefined}
        isReachable={tabIndexOf(item.key, context) === 0}
        place={place}
        listing={listing}
        message={message}
        own={own}
        me={me}
        onReply={() => context.onReply(item)}
        onEdit={() => context.onEdit(item)}
      />
    </article>
  )
}

const mentionsOf = ({ body, mentions }: Said['message']): readonly string[] =>
  [...new Set(mentions.map(({ at: [from, to] }) => body.slice(from, to)))].sort((a, b) => b.length - a.length)
