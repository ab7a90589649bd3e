import type { Account, Client } from '@parlance/client'
import { useEffect, useState } from 'preact/hooks'
import { nameOf } from '../lib/names.ts'
import { sentenceOf } from '../lib/sentence.ts'
import { t } from '../text/index.ts'
import { Avatar } from './avatar.tsx'

interface PeopleSearchProps {
  readonly client: Client
  /** Accounts that are not shown: oneself, and those chosen before. */
  readonly without: readonly string[]
  readonly onChoose: (account: Account) => void
}

/** Milliseconds of quiet before the server is asked. */
const PAUSE_MS = 200

/** Finds people by the beginning of their name. */
export function PeopleSearch({ client, without, onChoose }: PeopleSearchProps) {
  const [text, setText] = useState('')
  const [found, setFound] = useState<readonly Account[]>()
  const [failure, setFailure] = useState<string>()
  const wanted = text.trim()
  useEffect(() => {
    let isOver = false
    const tell = (people: readonly Account[] | undefined, why?: string) => {
      if (isOver) return
      setFound(people)
      setFailure(why)
    }
    if (wanted.length < 2) {
      tell(undefined)
      return
    }
    const timer = setTimeout(
      () =>
        client.searchPeople(wanted).then(
          (people) => tell(people),
          (error: unknown) => tell(undefined, sentenceOf(error)),
        ),
      PAUSE_MS,
    )
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [wanted])
  const shown = found?.filter(({ id }) => !without.includes(id))
  return (
    <div class="people-search">
      <input
        type="search"
        value={text}
        placeholder={t('new.search')}
        aria-label={t('new.search')}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <div role="status">
        {failure !== undefined && <p class="failure">{failure}</p>}
        <ul>
          {shown?.length === 0 && <li class="quiet">{t('new.nobody')}</li>}
          {shown?.map((account) => (
            <li key={account.id}>
              <button
                type="button"
                class="person"
                onClick={() => {
                  setText('')
                  onChoose(account)
                }}
              >
                <Avatar id={account.id} name={nameOf(account)} />
                <span class="person-text">
                  <span dir="auto">{nameOf(account)}</span> <span class="quiet">@{account.username}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}
