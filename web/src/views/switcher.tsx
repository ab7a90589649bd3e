import type { Account, Client, Listing } from '@parlance/client'
import { useEffect, useState } from 'preact/hooks'
import { nameOf, titleOf } from '../lib/names.ts'
import { useCombobox } from '../lib/use-combobox.ts'
import { useObservable } from '../lib/use-observable.ts'
import { attempt } from '../state/notice.ts'
import { closeOverlay } from '../state/overlay.ts'
import { go } from '../state/route.ts'
import { count, t } from '../text/index.ts'
import { Avatar } from './avatar.tsx'
import { Dialog } from './dialog.tsx'

/** Somewhere to go: a conversation, or a person with whom there is none yet. */
type Option =
  | { readonly is: 'conversation'; readonly listing: Listing }
  | { readonly is: 'person'; readonly account: Account }

const keyOf = (option: Option): string => (option.is === 'person' ? option.account.id : option.listing.id)

/** Options that are shown at once. */
const MOST = 9
/** Milliseconds of quiet before the server is asked for people. */
const PAUSE_MS = 200

/** Goes to a conversation or a person by the beginning of a name. */
export function Switcher({ client, me }: { client: Client; me: string }) {
  const [text, setText] = useState('')
  const options = useOptions(client, me, text.trim())
  const choose = (option: Option) => {
    closeOverlay()
    if (option.is === 'conversation') go({ at: 'conversation', id: option.listing.id })
    else
      attempt(async () => {
        const { id } = await client.createConversation({ kind: 'private', with: option.account.id })
        go({ at: 'conversation', id })
      })
  }
  const combobox = useCombobox({ options, keyOf, onChoose: choose, onDismiss: closeOverlay })
  return (
    <Dialog title={t('switcher.title')} onClose={closeOverlay}>
      <input
        type="text"
        role="combobox"
        aria-expanded={options.length > 0}
        aria-label={t('switcher.label')}
        placeholder={t('switcher.label')}
        autoFocus
        autocomplete="off"
        value={text}
        {...combobox.field}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={combobox.onKeyDown}
      />
      {options.length > 0 ? (
        <div role="listbox" id={combobox.listId} class="switcher" aria-label={t('switcher.title')}>
          {options.map((option) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
            <div
              key={keyOf(option)}
              id={combobox.optionId(option)}
              role="option"
              tabIndex={-1}
              aria-selected={combobox.active === option}
              onClick={() => choose(option)}
            >
              <OptionText option={option} />
            </div>
          ))}
        </div>
      ) : (
        <p class="quiet" role="status">
          {t('switcher.none')}
        </p>
      )}
    </Dialog>
  )
}

function OptionText({ option }: { option: Option }) {
  if (option.is === 'person') {
    const { account } = option
    return (
      <>
        <Avatar id={account.id} name={nameOf(account)} />
        <span class="person-text">
          <span dir="auto">{nameOf(account)}</span> <span class="quiet">@{account.username}</span>
        </span>
      </>
    )
  }
  const { listing } = option
  const { unread } = listing.me
  return (
    <>
      <Avatar id={listing.other?.id ?? listing.id} name={titleOf(listing)} />
      <span class="person-text">
        <span dir="auto">{titleOf(listing)}</span>
        {unread > 0 && (
          <span class="quiet">{count(unread, { one: 'list.unread.one', other: 'list.unread.other' })}</span>
        )}
      </span>
    </>
  )
}

/** Conversations first, those that begin with the text before those that have it; then people. */
function useOptions(client: Client, me: string, wanted: string): readonly Option[] {
  const { items, archived } = useObservable(client.conversations)
  const people = usePeople(client, wanted)
  const sought = wanted.toLocaleLowerCase()
  const at = (listing: Listing) => {
    const title = titleOf(listing).toLocaleLowerCase()
    return title.startsWith(sought) ? 0 : title.includes(` ${sought}`) ? 1 : title.includes(sought) ? 2 : 3
  }
  const found = [...items, ...archived]
    .map((listing) => ({ listing, rank: at(listing) }))
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST)
  const known = new Set(found.flatMap(({ listing }) => listing.other?.id ?? []))
  const others = people.filter(({ id }) => id !== me && !known.has(id)).slice(0, MOST - found.length)
  return [
    ...found.map(({ listing }): Option => ({ is: 'conversation', listing })),
    ...others.map((account): Option => ({ is: 'person', account })),
  ]
}

function usePeople(client: Client, wanted: string): readonly Account[] {
  const [people, setPeople] = useState<readonly Account[]>([])
  useEffect(() => {
    if (wanted.length < 2) {
      setPeople([])
      return
    }
    let isOver = false
    const timer = setTimeout(async () => {
      // Without them the conversations are still found.
      const found = await client.searchPeople(wanted).catch(() => [])
      if (!isOver) setPeople(found)
    }, PAUSE_MS)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [client, wanted])
  return people
}
