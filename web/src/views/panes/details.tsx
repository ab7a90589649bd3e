import type { Client, ConversationHandle, Listing } from '@parlance/client'
import { useState } from 'preact/hooks'
import { useDeed } from '../../lib/busy.ts'
import { titleOf } from '../../lib/names.ts'
import { go, openPane } from '../../state/route.ts'
import { t } from '../../text/index.ts'
import { Question } from '../dialog.tsx'
import { Invites } from './invites.tsx'
import { Members } from './members.tsx'
import { NameAndTopic } from './name-and-topic.tsx'
import { Pane } from './pane.tsx'
import { Retention } from './retention.tsx'

interface DetailsProps {
  readonly client: Client
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly me: string
}

/** The pane beside a conversation: who is in it, and what may be done with it. */
export function Details({ client, place, listing, me }: DetailsProps) {
  const may = (action: string) => listing.can.includes(action)
  const { other } = listing
  return (
    <Pane title={t('conversation.details')}>
      <OwnSettings place={place} listing={listing} />
      <div class="buttons">
        <button type="button" onClick={() => openPane({ is: 'pins' })}>
          {t('pins.title')}
        </button>
        {other && (
          <button type="button" onClick={() => openPane({ is: 'person', id: other.id })}>
            {t('person.title')}
          </button>
        )}
      </div>
      {may('change') && <NameAndTopic place={place} listing={listing} />}
      {listing.kind !== 'private' && <Members client={client} place={place} listing={listing} me={me} />}
      {may('retain') && <Retention place={place} listing={listing} />}
      {may('invite') && <Invites client={client} id={place.id} />}
      {may('leave') && <Leave place={place} listing={listing} />}
    </Pane>
  )
}

/** Settings that the reader alone sees. */
function OwnSettings({ place, listing }: Pick<DetailsProps, 'place' | 'listing'>) {
  const { isBusy, failure, run } = useDeed()
  const { muted, pinned, archived } = listing.me
  const toggles = [
    { is: pinned, text: t(pinned ? 'conversation.unpin' : 'conversation.pin'), set: { pinned: !pinned } },
    { is: muted, text: t(muted ? 'conversation.unmute' : 'conversation.mute'), set: { muted: !muted } },
    {
      is: archived,
      text: t(archived ? 'conversation.unarchive' : 'conversation.archive'),
      set: { archived: !archived },
    },
  ]
  return (
    <section>
      <div class="buttons">
        {toggles.map(({ is, text, set }) => (
          <button
            key={Object.keys(set)[0]}
            type="button"
            aria-pressed={is}
            disabled={isBusy}
            onClick={() => run(() => place.set(set))}
          >
            {text}
          </button>
        ))}
      </div>
      <p class="failure" role="alert">
        {failure}
      </p>
    </section>
  )
}

function Leave({ place, listing }: Pick<DetailsProps, 'place' | 'listing'>) {
  const [isAsking, setAsking] = useState(false)
  const { failure, run } = useDeed()
  const leave = () =>
    run(async () => {
      await place.leave()
      go({ at: 'list' }, { replace: true })
    })
  return (
    <section>
      <button type="button" class="danger" onClick={() => setAsking(true)}>
        {t('conversation.leave')}
      </button>
      <p class="failure" role="alert">
        {failure}
      </p>
      {isAsking && (
        <Question
          question={t('conversation.leaveQuestion', { name: titleOf(listing) })}
          answer={t('conversation.leave')}
          onAnswer={leave}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  )
}
