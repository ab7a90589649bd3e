import type { Account, Client } from '@parlance/client'
import { searchDirectory } from '@parlance/client/operations'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useDeed } from '../lib/busy.ts'
import { nameOf } from '../lib/names.ts'
import { go, pathTo } from '../state/route.ts'
import { count, t } from '../text/index.ts'
import { Avatar } from './avatar.tsx'
import { BackIcon, CloseIcon } from './icons.tsx'
import { PeopleSearch } from './people-search.tsx'

interface NewConversationProps {
  readonly client: Client
  readonly me: string
  /** The part of the page that its reader came for. */
  readonly kind: 'group' | undefined
}

/** The page on which a conversation is begun: with one person, with several, or one that is open to all. */
export function NewConversation({ client, me, kind }: NewConversationProps) {
  const { isBusy, failure, run } = useDeed()
  const begin = (fresh: Parameters<Client['createConversation']>[0]) =>
    run(async () => {
      const { id } = await client.createConversation(fresh)
      go({ at: 'conversation', id }, { replace: true })
    })
  return (
    <main class="page" aria-label={t('new.title')}>
      <header class="bar">
        <a class="icon-button back" href={pathTo({ at: 'list' })} aria-label={t('conversation.back')}>
          <BackIcon />
        </a>
        <h1>{t('new.title')}</h1>
      </header>
      <div class="page-body">
        <p class="failure" role="alert">
          {failure}
        </p>
        <section>
          <h2>{t('new.person')}</h2>
          <PeopleSearch
            client={client}
            without={[me]}
            onChoose={({ id }) => begin({ kind: 'private', with: id })}
          />
        </section>
        <NewGroup client={client} me={me} isBusy={isBusy} isWanted={kind === 'group'} onCreate={begin} />
        <NewOpen isBusy={isBusy} onCreate={begin} />
        <Directory client={client} />
      </div>
    </main>
  )
}

interface NewGroupProps {
  readonly client: Client
  readonly me: string
  readonly isBusy: boolean
  /** Whether its reader came for it. */
  readonly isWanted: boolean
  readonly onCreate: (fresh: Parameters<Client['createConversation']>[0]) => void
}

function NewGroup({ client, me, isBusy, isWanted, onCreate }: NewGroupProps) {
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (isWanted) first.current?.focus()
  }, [isWanted])
  const [name, setName] = useState('')
  const [people, setPeople] = useState<readonly Account[]>([])
  const members = people.map(({ id }) => id)
  return (
    <section>
      <h2>{t('new.group')}</h2>
      <p class="quiet">{t('new.groupExplain')}</p>
      <label>
        {t('new.groupName')}
        <input
          ref={first}
          value={name}
          maxLength={200}
          dir="auto"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      {people.length > 0 && (
        <ul class="chips" aria-label={t('new.members')}>
          {people.map((person) => (
            <li key={person.id}>
              <Avatar id={person.id} name={nameOf(person)} /> <span dir="auto">{nameOf(person)}</span>
              <button
                type="button"
                class="icon-button"
                aria-label={t('new.remove', { name: nameOf(person) })}
                onClick={() => setPeople(people.filter(({ id }) => id !== person.id))}
              >
                <CloseIcon />
              </button>
            </li>
          ))}
        </ul>
      )}
      <PeopleSearch
        client={client}
        without={[me, ...members]}
        onChoose={(person) => setPeople([...people, person])}
      />
      <button
        type="button"
        class="primary"
        disabled={isBusy || members.length === 0}
        onClick={() => onCreate({ kind: 'group', members, ...(name.trim() && { name: name.trim() }) })}
      >
        {t('new.create')}
      </button>
    </section>
  )
}

function NewOpen({ isBusy, onCreate }: Pick<NewGroupProps, 'isBusy' | 'onCreate'>) {
  const [name, setName] = useState('')
  const [topic, setTopic] = useState('')
  return (
    <section>
      <h2>{t('new.open')}</h2>
      <p class="quiet">{t('new.openExplain')}</p>
      <label>
        {t('new.openName')}
        <input value={name} maxLength={200} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label>
        {t('new.topic')}
        <input value={topic} maxLength={250} onInput={(event) => setTopic(event.currentTarget.value)} />
      </label>
      <button
        type="button"
        class="primary"
        disabled={isBusy || name.trim() === ''}
        onClick={() =>
          onCreate({ kind: 'open', name: name.trim(), ...(topic.trim() && { topic: topic.trim() }) })
        }
      >
        {t('new.makeOpen')}
      </button>
    </section>
  )
}

type Listed = Awaited<ReturnType<typeof directoryOf>>[number]

const directoryOf = async (client: Client) => (await client.rest.call(searchDirectory, {})).items

function Directory({ client }: { client: Client }) {
  const [listed, setListed] = useState<readonly Listed[]>()
  const { isBusy, failure, run } = useDeed()
  useEffect(() => {
    run(async () => setListed(await directoryOf(client)))
  }, [client])
  const enter = (gid: string) =>
    run(async () => {
      const { id } = await client.enter(gid)
      go({ at: 'conversation', id }, { replace: true })
    })
  return (
    <section>
      <h2>{t('new.directory')}</h2>
      <p class="failure" role="alert">
        {failure}
      </p>
      {listed?.length === 0 && <p class="quiet">{t('new.directoryEmpty')}</p>}
      <ul class="directory">
        {listed?.map(({ id, gid, name, topic, memberCount }) => (
          <li key={id}>
            <Avatar id={id} name={name ?? gid} />
            <span class="person-text">
              <span dir="auto">{name}</span>
              <span class="quiet" dir="auto">
                {count(memberCount, { one: 'conversation.members.one', other: 'conversation.members.other' })}
                {topic && ` · ${topic}`}
              </span>
            </span>
            <button type="button" disabled={isBusy} onClick={() => enter(gid)}>
              {t('new.enter')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
