import type { Client, Listing } from '@parlance/client'
import { useState } from 'preact/hooks'
import { loadArchived } from '../lib/archive.ts'
import { useDeed } from '../lib/busy.ts'
import { nameOf, titleOf } from '../lib/names.ts'
import { briefTimeOf } from '../lib/time.ts'
import { useObservable } from '../lib/use-observable.ts'
import { oneLine } from '../markdown/markdown.tsx'
import { drafts } from '../state/drafts.ts'
import { attempt } from '../state/notice.ts'
import { go, pathTo } from '../state/route.ts'
import { count, t } from '../text/index.ts'
import { Avatar } from './avatar.tsx'
import { GearIcon, MutedIcon, PinIcon, PlusIcon } from './icons.tsx'
import { Loading } from './loading.tsx'

interface ConversationListProps {
  readonly client: Client
  readonly me: string
  readonly current: string | undefined
}

/** The column of all conversations, the pinned first, then those where something was said last. */
export function ConversationList({ client, me, current }: ConversationListProps) {
  const { items, archived, hasMore } = useObservable(client.conversations)
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLocaleLowerCase()
  const shown = [...items, ...(wanted === '' ? [] : archived)].filter((listing) =>
    titleOf(listing).toLocaleLowerCase().includes(wanted),
  )
  return (
    <nav class="conversations" aria-label={t('list.label')}>
      <header class="bar">
        <input
          type="search"
          class="find"
          placeholder={t('list.search')}
          aria-label={t('list.search')}
          value={search}
          title={t('search.hint')}
          onInput={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && search.trim() !== '') go({ at: 'search', text: search.trim() })
          }}
        />
        <a class="icon-button" href={pathTo({ at: 'new' })} aria-label={t('list.new')} title={t('list.new')}>
          <PlusIcon />
        </a>
        <a
          class="icon-button"
          href={pathTo({ at: 'settings' })}
          aria-label={t('menu.settings')}
          title={t('menu.settings')}
        >
          <GearIcon />
        </a>
      </header>
      <ul class="listings">
        {shown.map((listing) => (
          <Entry
            key={listing.id}
            client={client}
            listing={listing}
            me={me}
            isCurrent={listing.id === current}
          />
        ))}
        {wanted !== '' && (
          <li class="elsewhere">
            {shown.length === 0 && <p class="quiet">{t('switcher.none')}</p>}
            <a class="link" href={pathTo({ at: 'search', text: search.trim() })} dir="auto">
              {t('list.searchMessages', { text: search.trim() })}
            </a>
          </li>
        )}
        {hasMore && (
          <li>
            <button type="button" class="link" onClick={() => attempt(() => client.loadMore())}>
              {t('list.loadMore')}
            </button>
          </li>
        )}
        {wanted === '' && <Archive client={client} me={me} current={current} />}
      </ul>
    </nav>
  )
}

/** The archived conversations, folded away until somebody asks. */
function Archive({ client, me, current }: ConversationListProps) {
  const { archived } = useObservable(client.conversations)
  const [isOpen, setOpen] = useState(false)
  const { isBusy, failure, run } = useDeed()
  const load = () => run(() => loadArchived(client))
  const toggle = () => {
    setOpen(!isOpen)
    if (!isOpen) load()
  }
  return (
    <li class="archive">
      <button type="button" class="fold" aria-expanded={isOpen} onClick={toggle}>
        {t('list.loadArchived')}
      </button>
      {isOpen && (
        <>
          <Loading isBusy={isBusy && archived.length === 0} failure={failure} onRetry={load} />
          {!isBusy && failure === undefined && archived.length === 0 && (
            <p class="quiet">{t('list.archivedNone')}</p>
          )}
          <ul>
            {archived.map((listing) => (
              <Entry
                key={listing.id}
                client={client}
                listing={listing}
                me={me}
                isCurrent={listing.id === current}
              />
            ))}
          </ul>
        </>
      )}
    </li>
  )
}

interface EntryProps {
  readonly client: Client
  readonly listing: Listing
  readonly me: string
  readonly isCurrent: boolean
}

function Entry({ client, listing, me, isCurrent }: EntryProps) {
  const { id, other, lastMessage } = listing
  const { unread, mentions, muted, pinned } = listing.me
  const isOnline = useObservable(client.isOnline(other?.id ?? ''))
  const title = titleOf(listing)
  const draft = isCurrent ? undefined : drafts.value.get(id)
  return (
    <li>
      <a
        class="listing"
        href={pathTo({ at: 'conversation', id })}
        aria-current={isCurrent ? 'page' : undefined}
        data-unread={unread > 0 && !muted ? '' : undefined}
      >
        <Avatar id={other?.id ?? id} name={title} isOnline={isOnline} />
        <span class="listing-text">
          <span class="listing-head">
            <span class="listing-title" dir="auto">
              {title}
            </span>
            {muted && <MutedIcon />}
            {pinned && <PinIcon />}
            {lastMessage && <time dateTime={lastMessage.sentAt}>{briefTimeOf(lastMessage.sentAt)}</time>}
          </span>
          <span class="listing-foot">
            <span class="listing-last" data-draft={draft === undefined ? undefined : ''} dir="auto">
              {draft === undefined ? lastLine(listing, me) : t('list.draft', { text: oneLine(draft) })}
            </span>
            {mentions > 0 && (
              <span
                class="badge mentioned"
                role="img"
                aria-label={count(mentions, { one: 'list.mentions.one', other: 'list.mentions.other' })}
              >
                @
              </span>
            )}
            {unread > 0 && (
              <span
                class="badge"
                role="img"
                data-muted={muted ? '' : undefined}
                aria-label={count(unread, { one: 'list.unread.one', other: 'list.unread.other' })}
              >
                {unread > 99 ? '99+' : unread}
              </span>
            )}
          </span>
        </span>
      </a>
    </li>
  )
}

function lastLine({ lastMessage, kind }: Listing, me: string): string {
  if (!lastMessage) return t('list.nothing')
  if (lastMessage.deletedAt !== null) return t('message.deleted')
  const text =
    oneLine(lastMessage.body) ||
    count(lastMessage.attachments.length, { one: 'message.files.one', other: 'message.files.other' })
  if (lastMessage.sender.id === me) return t('list.you', { text })
  return kind === 'private' ? text : `${nameOf(lastMessage.sender)}: ${text}`
}
