import type { Client, ConversationHandle, Listing, OwnAccount, TimelineItem } from '@parlance/client'
import { Thread } from '@parlance/client/thread'
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Intent } from '../../composer/intent.ts'
import { nameOf, titleOf } from '../../lib/names.ts'
import { useObservable } from '../../lib/use-observable.ts'
import { count, t } from '../../text/index.ts'
import { Composer } from '../composer/composer.tsx'
import { Skeleton } from '../loading.tsx'
import { MessageRow } from '../message/message-row.tsx'
import { OutgoingRow } from '../message/outgoing-row.tsx'
import type { RowContext } from '../message/row-context.ts'
import { NotAllowed } from '../not-allowed.tsx'
import { Pane } from './pane.tsx'

type Said = Extract<TimelineItem, { kind: 'message' }>

interface ThreadPaneProps {
  readonly client: Client
  readonly account: OwnAccount
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly seq: number
  readonly onJump: (seq: number) => void
}

/** A message with the replies to it, and the place to reply. */
export function ThreadPane({ client, account, place, listing, seq, onJump }: ThreadPaneProps) {
  const thread = useMemo(() => new Thread(client, { conversation: place.id, seq }), [client, place, seq])
  const { root, items, hasMore, failure } = useObservable(thread)
  const [intent, setIntent] = useState<Intent>({ is: 'write' })
  const end = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [items.length])
  const find = (wanted: number): Said | undefined =>
    [root, ...items].find((item): item is Said => item?.kind === 'message' && item.seq === wanted)
  const context: RowContext = {
    ...{ client, place, listing, find, thread: seq },
    ...{ me: account.id, myName: nameOf(account), jump: onJump },
    onReply: (item) => setIntent({ is: 'reply', item }),
    onEdit: (item) => setIntent({ is: 'edit', item }),
  }
  const editLast = () => {
    const last = items.findLast(
      (item): item is Said => item.kind === 'message' && item.message.sender.id === account.id,
    )
    if (last) setIntent({ is: 'edit', item: last })
  }
  const foot = listing.can.includes('send') ? (
    <Composer
      key={seq}
      client={client}
      place={place}
      listing={listing}
      me={account.id}
      title={titleOf(listing)}
      thread={seq}
      intent={intent}
      onIntent={setIntent}
      editLast={editLast}
    />
  ) : (
    <NotAllowed listing={listing} />
  )
  return (
    <Pane title={t('thread.title')} foot={failure ? undefined : foot}>
      {failure && (
        <p class="failure" role="alert">
          {t('thread.notFound')}
        </p>
      )}
      <div class="thread">
        {!root && !failure && <Skeleton />}
        {root && <Row item={root} context={context} />}
        {root && (
          <p class="thread-count">
            {items.length === 0
              ? t('thread.none')
              : count(items.length, { one: 'thread.replies.one', other: 'thread.replies.other' })}
          </p>
        )}
        {items.map((item) => (
          <Row key={item.key} item={item} context={context} />
        ))}
        {hasMore && (
          <button type="button" class="link" onClick={() => thread.loadMore()}>
            {t('thread.more')}
          </button>
        )}
        <div ref={end} />
      </div>
    </Pane>
  )
}

interface ThreadRowProps {
  readonly item: Exclude<TimelineItem, { kind: 'hole' }>
  readonly context: RowContext
}

function Row({ item, context }: ThreadRowProps) {
  if (item.kind === 'message') return <MessageRow item={item} isRunOn={false} context={context} />
  if (item.kind === 'outgoing') return <OutgoingRow item={item} isRunOn={false} context={context} />
  return <p class="deleted">{t('message.deleted')}</p>
}
