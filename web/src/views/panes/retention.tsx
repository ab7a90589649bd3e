import type { ConversationHandle, Listing } from '@parlance/client'
import { useId, useRef, useState } from 'preact/hooks'
import { useSaving } from '../../lib/use-saving.ts'
import { server } from '../../state/session.ts'
import { count, t } from '../../text/index.ts'
import { Question } from '../dialog.tsx'
import { FormEnd } from '../form-end.tsx'

interface RetentionProps {
  readonly place: ConversationHandle
  readonly listing: Listing
}

/** For how many days messages are kept. A shorter time deletes older ones for good, so it is asked about before. */
export function Retention({ place, listing }: RetentionProps) {
  const [asked, setAsked] = useState<number>()
  const saving = useSaving()
  const hint = useId()
  const form = useRef<HTMLFormElement>(null)
  const close = () => {
    setAsked(undefined)
    // The field shows what holds.
    form.current?.reset()
  }
  const usual = server.value?.limits.retentionDays ?? undefined
  const keep = (retentionDays: number | null) => saving.save(() => place.change({ retentionDays }))
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const days = Number(new FormData(event.currentTarget as HTMLFormElement).get('days')) || null
    const isShorter = days !== null && days < (listing.retentionDays ?? usual ?? Number.POSITIVE_INFINITY)
    if (isShorter) setAsked(days)
    else keep(days)
  }
  return (
    <section>
      <form ref={form} onSubmit={submit} onInput={saving.touch}>
        <label>
          {t('retention.days')}
          <input
            type="number"
            inputMode="numeric"
            name="days"
            defaultValue={listing.retentionDays ?? ''}
            min={1}
            max={36_500}
            placeholder={
              usual === undefined
                ? t('retention.forEver')
                : count(usual, { one: 'retention.usual.one', other: 'retention.usual.other' })
            }
            aria-describedby={hint}
          />
        </label>
        <p class="quiet" id={hint}>
          {t('retention.explain')}
        </p>
        <FormEnd saving={saving} action={t('retention.save')} />
      </form>
      {asked !== undefined && (
        <Question
          question={count(asked, { one: 'retention.question.one', other: 'retention.question.other' })}
          answer={t('retention.answer')}
          onAnswer={() => keep(asked)}
          onClose={close}
        />
      )}
    </section>
  )
}
