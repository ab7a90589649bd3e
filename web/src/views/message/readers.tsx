import type { Client, Person } from '@parlance/client'
import { listReaders } from '@parlance/client/operations'
import { useEffect, useState } from 'preact/hooks'
import { useDeed } from '../../lib/busy.ts'
import { nameOf } from '../../lib/names.ts'
import { t } from '../../text/index.ts'
import { Avatar } from '../avatar.tsx'
import { Dialog } from '../dialog.tsx'
import { Loading } from '../loading.tsx'

interface ReadersProps {
  readonly client: Client
  /** The conversation's. */
  readonly id: string
  readonly seq: number
  readonly onClose: () => void
}

/** The people who have read a message. */
export function Readers({ client, id, seq, onClose }: ReadersProps) {
  const [people, setPeople] = useState<readonly Person[]>()
  const { isBusy, failure, run } = useDeed()
  const load = () =>
    run(async () => setPeople((await client.rest.call(listReaders, { params: { c: id, seq } })).items))
  useEffect(() => {
    load()
  }, [id, seq])
  return (
    <Dialog title={t('readers.title')} onClose={onClose}>
      <Loading isBusy={isBusy && !people} failure={failure} onRetry={load} />
      {people?.length === 0 && <p class="quiet">{t('readers.none')}</p>}
      <ul class="members">
        {people?.map((person) => (
          <li key={person.id}>
            <Avatar id={person.id} name={nameOf(person)} />
            <span dir="auto">{nameOf(person)}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
