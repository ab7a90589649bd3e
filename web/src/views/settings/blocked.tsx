import type { Client, Person } from '@parlance/client'
import { unblock } from '@parlance/client/operations'
import { useEffect, useState } from 'preact/hooks'
import { listAllBlocks } from '../../lib/blocks.ts'
import { useDeed } from '../../lib/busy.ts'
import { nameOf } from '../../lib/names.ts'
import { t } from '../../text/index.ts'
import { Avatar } from '../avatar.tsx'

/** The people whom the account has blocked; nothing where there are none. */
export function Blocked({ client }: { client: Client }) {
  const [people, setPeople] = useState<readonly Person[]>([])
  const { isBusy, failure, run } = useDeed()
  const load = async () => setPeople(await listAllBlocks(client))
  useEffect(() => {
    run(load)
  }, [client])
  const free = (a: string) =>
    run(async () => {
      await client.rest.call(unblock, { params: { a } })
      await load()
    })
  if (people.length === 0) return null
  return (
    <section>
      <h2>{t('settings.blocked')}</h2>
      <p class="failure" role="alert">
        {failure}
      </p>
      <ul class="members" aria-label={t('settings.blocked')}>
        {people.map((person) => (
          <li key={person.id}>
            <Avatar id={person.id} name={nameOf(person)} />
            <span class="person-text" dir="auto">
              {nameOf(person)}
            </span>
            <button type="button" disabled={isBusy} onClick={() => free(person.id)}>
              {t('person.unblock')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
