import type { ConversationHandle, Listing } from '@parlance/client'
import { useSaving } from '../../lib/use-saving.ts'
import { t } from '../../text/index.ts'
import { FormEnd } from '../form-end.tsx'

interface NameAndTopicProps {
  readonly place: ConversationHandle
  readonly listing: Listing
}

/** The name and topic that all see, and whether members may add others. */
export function NameAndTopic({ place, listing }: NameAndTopicProps) {
  const saving = useSaving()
  const save = (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(fields.get(name) ?? '').trim() || null
    const change = { name: text('name'), topic: text('topic'), membersAdd: fields.has('membersAdd') }
    const listed = listing.can.includes('list') && { listed: fields.has('listed') }
    saving.save(() => place.change({ ...change, ...listed }))
  }
  return (
    <section>
      <form onSubmit={save} onInput={saving.touch}>
        <label>
          {t(listing.kind === 'open' ? 'new.openName' : 'new.groupName')}
          <input
            name="name"
            defaultValue={listing.name ?? ''}
            maxLength={200}
            required={listing.kind === 'open'}
            dir="auto"
          />
        </label>
        <label>
          {t('new.topic')}
          <input name="topic" defaultValue={listing.topic ?? ''} maxLength={250} dir="auto" />
        </label>
        <label class="check">
          <input type="checkbox" name="membersAdd" defaultChecked={listing.membersAdd} />
          {t('details.membersAdd')}
        </label>
        {listing.can.includes('list') && (
          <label class="check">
            <input type="checkbox" name="listed" defaultChecked={listing.listed} />
            {t('details.listed')}
          </label>
        )}
        <FormEnd saving={saving} action={t('settings.save')} />
      </form>
    </section>
  )
}
