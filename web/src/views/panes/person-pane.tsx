import type { Account, Client } from '@parlance/client'
import { block, getAccount, unblock } from '@parlance/client/operations'
import { useEffect, useState } from 'preact/hooks'
import { listAllBlocks } from '../../lib/blocks.ts'
import { useDeed } from '../../lib/busy.ts'
import { nameOf } from '../../lib/names.ts'
import { useObservable } from '../../lib/use-observable.ts'
import { go } from '../../state/route.ts'
import { usePresence } from '../../state/watched.ts'
import { t } from '../../text/index.ts'
import { Avatar } from '../avatar.tsx'
import { Question } from '../dialog.tsx'
import { Loading } from '../loading.tsx'
import { Pane, PaneHeading } from './pane.tsx'

interface PersonPaneProps {
  readonly client: Client
  readonly me: string
  /** The account's. */
  readonly id: string
}

/** A person, and what one may do about them. */
export function PersonPane({ client, me, id }: PersonPaneProps) {
  const [person, setPerson] = useState<Account>()
  const [isBlocked, setBlocked] = useState<boolean>()
  const { isBusy, failure, run } = useDeed()
  const load = () =>
    run(async () => {
      const [account, blocked] = await Promise.all([
        client.rest.call(getAccount, { params: { a: id } }),
        listAllBlocks(client),
      ])
      setPerson(account)
      setBlocked(blocked.some((one) => one.id === id))
    })
  useEffect(() => {
    load()
  }, [id])
  usePresence(id === me ? [] : [id])
  return (
    <Pane title={t('person.title')}>
      <Loading isBusy={isBusy && !person} failure={person ? undefined : failure} onRetry={load} />
      {person && (
        <>
          <Portrait client={client} person={person} />
          {person.id !== me && isBlocked !== undefined && (
            <Deeds client={client} person={person} isBlocked={isBlocked} onBlocked={setBlocked} />
          )}
        </>
      )}
    </Pane>
  )
}

function Portrait({ client, person }: { client: Client; person: Account }) {
  const isOnline = useObservable(client.isOnline(person.id))
  return (
    <div class="portrait">
      <Avatar id={person.id} name={nameOf(person)} isOnline={isOnline} />
      <PaneHeading dir="auto">{nameOf(person)}</PaneHeading>
      <p class="quiet">@{person.username}</p>
      {person.bio && <p dir="auto">{person.bio}</p>}
    </div>
  )
}

interface DeedsProps {
  readonly client: Client
  readonly person: Account
  readonly isBlocked: boolean
  readonly onBlocked: (isBlocked: boolean) => void
}

function Deeds({ client, person, isBlocked, onBlocked }: DeedsProps) {
  const { isBusy, failure, run } = useDeed()
  const [isAsking, setAsking] = useState(false)
  const name = nameOf(person)
  const write = () =>
    run(async () => {
      const { id } = await client.createConversation({ kind: 'private', with: person.id })
      go({ at: 'conversation', id })
    })
  const setBlock = (isToBe: boolean) =>
    run(async () => {
      await client.rest.call(isToBe ? block : unblock, { params: { a: person.id } })
      onBlocked(isToBe)
    })
  return (
    <>
      <div class="buttons">
        <button type="button" class="primary" disabled={isBusy} onClick={write}>
          {t('person.write')}
        </button>
        {isBlocked ? (
          <button type="button" disabled={isBusy} onClick={() => setBlock(false)}>
            {t('person.unblock')}
          </button>
        ) : (
          <button type="button" class="danger" disabled={isBusy} onClick={() => setAsking(true)}>
            {t('person.block')}
          </button>
        )}
      </div>
      {isBlocked && <p class="quiet">{t('person.isBlocked', { name })}</p>}
      <p class="failure" role="alert">
        {failure}
      </p>
      {isAsking && (
        <Question
          question={t('person.blockQuestion', { name })}
          answer={t('person.block')}
          onAnswer={() => setBlock(true)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
