import type { Client, Operations } from '@parlance/client'
import { searchMessages } from '@parlance/client/operations'
import { useEffect, useState } from 'preact/hooks'
import { useDeed } from '../lib/busy.ts'
import { nameOf, titleOf } from '../lib/names.ts'
import { briefTimeOf } from '../lib/time.ts'
import { pathTo } from '../state/route.ts'
import { t } from '../text/index.ts'
import { Avatar } from './avatar.tsx'
import { BackIcon } from './icons.tsx'

type Page = Operations['searchMessages']['answer']
type Found = Page['items'][number]

/** Characters shown before the first word that was found. */
const BEFORE = 60
const SHOWN = 240

/** The messages of one's conversations that have some words, the newest first. */
export function SearchResults({ client, text }: { client: Client; text: string }) {
  const [items, setItems] = useState<readonly Found[]>([])
  const [next, setNext] = useState<string | null>(null)
  const { isBusy, failure, run } = useDeed()
  const load = (cursor: string | null) =>
    run(async () => {
      const query = { q: text, ...(cursor !== null && { cursor }) }
      const page = await client.rest.call(searchMessages, { query })
      setItems((before) => (cursor === null ? page.items : [...before, ...page.items]))
      setNext(page.next)
    })
  useEffect(() => {
    load(null)
  }, [text])
  return (
    <main class="page" aria-label={t('search.title', { text })}>
      <header class="bar">
        <a class="icon-button back" href={pathTo({ at: 'list' })} aria-label={t('conversation.back')}>
          <BackIcon />
        </a>
        <h1 dir="auto">{t('search.title', { text })}</h1>
      </header>
      <div class="page-body">
        <p class="failure" role="alert">
          {failure}
        </p>
        <ul class="found-list">
          {items.map((found) => (
            <li key={found.message.id}>
              <Result client={client} found={found} />
            </li>
          ))}
        </ul>
        <p class="quiet" role="status">
          {isBusy
            ? t('search.busy')
            : items.length === 0 && next === null && failure === undefined && t('search.none')}
        </p>
        {next !== null && (
          <button type="button" disabled={isBusy} onClick={() => load(next)}>
            {t('search.more')}
          </button>
        )}
      </div>
    </main>
  )
}

function Result({ client, found }: { client: Client; found: Found }) {
  const { message, highlights } = found
  const listing = client.conversation(message.conversation).listing.get()
  return (
    <a class="listing" href={pathTo({ at: 'conversation', id: message.conversation, seq: message.seq })}>
      <Avatar id={message.sender.id} name={nameOf(message.sender)} />
      <span class="listing-text">
        <span class="listing-head">
          <span class="listing-title" dir="auto">
            {nameOf(message.sender)}
            {listing && listing.kind !== 'private' && <span class="quiet"> · {titleOf(listing)}</span>}
          </span>
          <time dateTime={message.sentAt}>{briefTimeOf(message.sentAt)}</time>
        </span>
        <span class="found-text" dir="auto">
          {excerptOf(message.body, highlights).map(({ text, isFound }) =>
            isFound ? <mark>{text}</mark> : text,
          )}
        </span>
      </span>
    </a>
  )
}

interface Piece {
  readonly text: string
  readonly isFound: boolean
}

/** The part of a text around the first word that was found, in pieces. */
function excerptOf(body: string, highlights: Found['highlights']): readonly Piece[] {
  const first = highlights[0]?.[0] ?? 0
  const from = first <= BEFORE ? 0 : first - BEFORE
  const to = Math.min(body.length, from + SHOWN)
  const pieces: Piece[] = []
  let at = from
  for (const [begin, end] of highlights) {
    if (begin < at || end > to) continue
    pieces.push(
      { text: body.slice(at, begin), isFound: false },
      { text: body.slice(begin, end), isFound: true },
    )
    at = end
  }
  pieces.push({ text: body.slice(at, to), isFound: false })
  return [
    { text: from > 0 ? '… ' : '', isFound: false },
    ...pieces,
    { text: to < body.length ? ' …' : '', isFound: false },
  ]
}
