import type { Client, ConversationHandle, Listing, TimelineItem } from '@parlance/client'
import { hueOf } from '../lib/avatar.ts'
import { nameOf } from '../lib/names.ts'
import { timeOf, wholeTimeOf } from '../lib/time.ts'
import type { ReadBy } from '../lib/use-readers.ts'
import { Markdown, oneLine } from '../markdown/markdown.tsx'
import { openPane } from '../state/route.ts'
import { count, listText, t } from '../text/index.ts'
import { Attachments } from './attachments.tsx'
import { Avatar } from './avatar.tsx'
import { CheckIcon, PinIcon } from './icons.tsx'
import { MessageActions } from './message-actions.tsx'

type Said = Extract<TimelineItem, { kind: 'message' }>
type Outgoing = Extract<TimelineItem, { kind: 'outgoing' }>

export interface RowContext {
  readonly client: Client
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly me: string
  readonly myName: string
  /** A message that is loaded, by its place. */
  readonly find: (seq: number) => Said | undefined
  readonly jump: (seq: number) => void
  /** The row that takes the focus when it comes to the list; of all others only keys lead there. */
  readonly focusable?: string | undefined
  /** Where the row is shown in a pane of a thread: the message that is answered there. */
  readonly thread?: number
  /** The message that its reader was just led to. */
  readonly marked?: number | undefined
  /** The message of one's own beside which it is shown who has read it. */
  readonly readBy?: ReadBy | undefined
  readonly onReply: (item: Said) => void
  readonly onEdit: (item: Said) => void
}

/** One message of the log, with its header unless it follows another of the same person. */
export function MessageRow({
  item,
  isRunOn,
  context,
}: {
  item: Said
  isRunOn: boolean
  context: RowContext
}) {
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
        {message.reactions.length > 0 && (
          <ul class="reactions">
            {message.reactions.map(({ key, count: n }) => (
              <li key={key}>
                <button
                  type="button"
                  aria-pressed={own.includes(key)}
                  aria-label={t('message.reactions', { key, n })}
                  disabled={!listing.can.includes('react')}
                  onClick={() =>
                    own.includes(key) ? place.unreact(item.seq, key) : place.react(item.seq, key)
                  }
                >
                  {key} <span class="number">{n}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {message.replyCount > 0 && context.thread === undefined && <Replies message={message} />}
        {failed && <Failed client={client} clientId={failed.clientId} why={failed.failure?.detail ?? ''} />}
      </div>
      {context.readBy?.seq === item.seq && <Read people={context.readBy.people} />}
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

/** The line of the message that this one answers. */
function Quote({ seq, context }: { seq: number; context: RowContext }) {
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

/** Names that are told one by one. */
const MOST_NAMES = 3

/** A mark beside a message that others have read: it takes no room, so that nothing moves when it comes. */
function Read({ people }: { people: ReadBy['people'] }) {
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

/** Rows of a list are one stop for the Tab key; those of a thread are few, and one each. */
const tabIndexOf = (key: string, { thread, focusable }: RowContext): 0 | -1 =>
  thread !== undefined || key === focusable ? 0 : -1

/** Leads to the replies that a message has. */
const Replies = ({ message }: { message: Said['message'] }) => (
  <button type="button" class="replies" onClick={() => openPane({ is: 'thread', seq: message.seq })}>
    {count(message.replyCount, { one: 'thread.replies.one', other: 'thread.replies.other' })}
  </button>
)

/** Says that a message is a reply in a thread, and leads there. */
function InThread({ seq, context }: { seq: number; context: RowContext }) {
  const root = context.find(seq)
  return (
    <button type="button" class="quote" onClick={() => openPane({ is: 'thread', seq })}>
      <b>{t('thread.in')}</b> {root && oneLine(root.message.body)}
    </button>
  )
}

const mentionsOf = ({ body, mentions }: Said['message']): readonly string[] =>
  [...new Set(mentions.map(({ at: [from, to] }) => body.slice(from, to)))].sort((a, b) => b.length - a.length)

/** A message of one's own on its way: waiting, being sent, or refused. */
export function OutgoingRow({
  item,
  isRunOn,
  context,
}: {
  item: Outgoing
  isRunOn: boolean
  context: RowContext
}) {
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
          <Failed client={client} clientId={entry.clientId} why={entry.failure?.detail ?? ''} />
        ) : (
          <p class="state">{t(entry.state === 'queued' ? 'message.queued' : 'message.sending')}</p>
        )}
      </div>
    </article>
  )
}

const Failed = ({ client, clientId, why }: { client: Client; clientId: string; why: string }) => (
  <p class="failure" role="alert">
    {t('message.failed', { why })}{' '}
    <button type="button" class="link" onClick={() => client.outbox.retry(clientId)}>
      {t('message.retry')}
    </button>{' '}
    <button type="button" class="link" onClick={() => client.outbox.discard(clientId)}>
      {t('message.discard')}
    </button>
  </p>
)
