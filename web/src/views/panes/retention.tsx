import type { ConversationHandle, Listing } from '@parlance/client'
import { useId, useRef, useState } from 'preact/hooks'
import { useDeed } from '../../lib/busy.ts'
import { server } from '../../state/session.ts'
import { count, t } from '../../text/index.ts'
import { Question } from '../dialog.tsx'

interface RetentionProps {
  readonly place: ConversationHandle
  readonly listing: Listing
}

/** For how many days messages are kept. A shorter time deletes older ones for good, so it is asked about before. */
export function Retention({ place, listing }: RetentionProps) {
  const [asked, setAsked] = useState<number>()
  const [isDone, setDone] = useState(false)
  const { isBusy, failure, run } = useDeed()
  const hint = useId()
  const form = useRef<HTMLFormElement>(null)
  const close = () => {
    setAsked(undefined)
    // The field shows what holds.
    form.current?.reset()
  }
  const usual = server.value?.limits.retentionDays ?? undefined
  const keep = (retentionDays: number | null) =>
    run(async () => {
      await place.change({ retentionDays })
      setDone(true)
    })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const days = Number(new FormData(event.currentTarget as HTMLFormElement).get('days')) || null
    const isShorter = days !== null && days < (listing.retentionDays ?? usual ?? Number.POSITIVE_INFINITY)
    if (isShorter) setAsked(days)
    else keep(days)
  }
  return (
    <section>
      <form ref={form} onSubmit={submit} onInput={() => setDone(false)}>
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
        <button type="submit" disabled={isBusy}>
          {t('retention.save')}
        </button>
        <p role="status" class="quiet">
          {isDone && t('settings.saved')}
        </p>
        <p class="failure" role="alert">
          {failure}
        </p>
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
