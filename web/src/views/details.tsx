import type { Client, ConversationHandle, Listing, Member } from '@parlance/client'
import { createInvite, listMembers } from '@parlance/client/operations'
import { useEffect, useState } from 'preact/hooks'
import { useDeed } from '../lib/busy.ts'
import { nameOf, titleOf } from '../lib/names.ts'
import { go, pathTo } from '../state/route.ts'
import { t } from '../text/index.ts'
import { Avatar } from './avatar.tsx'
import { Question } from './dialog.tsx'
import { CloseIcon } from './icons.tsx'
import { PeopleSearch } from './people-search.tsx'

interface DetailsProps {
  readonly client: Client
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly me: string
  readonly onClose: () => void
}

/** The pane beside a conversation: who is in it, and what may be done with it. */
export function Details({ client, place, listing, me, onClose }: DetailsProps) {
  const { isBusy, failure, run } = useDeed()
  const [isLeaving, setLeaving] = useState(false)
  const { muted, pinned } = listing.me
  const may = (action: string) => listing.can.includes(action)
  return (
    <aside class="pane" aria-label={t('conversation.details')}>
      <header class="bar">
        <h2>{t('conversation.details')}</h2>
        <button type="button" class="icon-button" aria-label={t('dialog.close')} onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      <div class="pane-body">
        <p class="failure" role="alert">
          {failure}
        </p>
        <div class="buttons">
          <button
            type="button"
            aria-pressed={pinned}
            disabled={isBusy}
            onClick={() => run(() => place.set({ pinned: !pinned }))}
          >
            {t(pinned ? 'conversation.unpin' : 'conversation.pin')}
          </button>
          <button
            type="button"
            aria-pressed={muted}
            disabled={isBusy}
            onClick={() => run(() => place.set({ muted: !muted }))}
          >
            {t(muted ? 'conversation.unmute' : 'conversation.mute')}
          </button>
        </div>
        {may('invite') && <Invite client={client} id={place.id} />}
        {listing.kind !== 'private' && <Members client={client} place={place} listing={listing} me={me} />}
        {may('leave') && (
          <button type="button" class="danger" onClick={() => setLeaving(true)}>
            {t('conversation.leave')}
          </button>
        )}
      </div>
      {isLeaving && (
        <Question
          question={t('conversation.leaveQuestion', { name: titleOf(listing) })}
          answer={t('conversation.leave')}
          onAnswer={() =>
            run(async () => {
              await place.leave()
              go({ at: 'list' }, { replace: true })
            })
          }
          onClose={() => setLeaving(false)}
        />
      )}
    </aside>
  )
}

function Invite({ client, id }: { client: Client; id: string }) {
  const [link, setLink] = useState<string>()
  const [isCopied, setCopied] = useState(false)
  const { isBusy, failure, run } = useDeed()
  const make = () =>
    run(async () => {
      const { code } = await client.rest.call(createInvite, { params: { c: id }, body: {} })
      setLink(`${location.origin}/${pathTo({ at: 'join', code })}`)
    })
  const copy = () =>
    run(async () => {
      await navigator.clipboard.writeText(link ?? '')
      setCopied(true)
    })
  return (
    <section>
      {link === undefined ? (
        <button type="button" disabled={isBusy} onClick={make}>
          {t('invite.create')}
        </button>
      ) : (
        <label>
          {t('invite.explain')}
          <input readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
          <button type="button" onClick={copy}>
            {t(isCopied ? 'invite.copied' : 'invite.copy')}
          </button>
        </label>
      )}
      <p class="failure" role="alert">
        {failure}
      </p>
    </section>
  )
}

function Members({ client, place, listing, me }: Omit<DetailsProps, 'onClose'>) {
  const [members, setMembers] = useState<readonly Member[]>([])
  const { failure, run } = useDeed()
  const load = async () =>
    setMembers(
      (await client.rest.call(listMembers, { params: { c: place.id }, query: { limit: 200 } })).items,
    )
  useEffect(() => {
    run(load)
  }, [place, listing.memberCount])
  return (
    <section>
      <h3>{t('list.allMembers')}</h3>
      <p class="failure" role="alert">
        {failure}
      </p>
      <ul class="members">
        {members.map(({ account, role }) => (
          <li key={account.id}>
            <Avatar id={account.id} name={nameOf(account)} />
            <span class="person-text">
              <span dir="auto">
                {nameOf(account)}
                {account.id === me && <span class="quiet"> ({t('members.you')})</span>}
              </span>
              {role !== 'member' && <span class="quiet">{role}</span>}
            </span>
            {listing.can.includes('remove') && account.id !== me && role === 'member' && (
              <button
                type="button"
                class="icon-button"
                aria-label={t('members.remove', { name: nameOf(account) })}
                title={t('members.remove', { name: nameOf(account) })}
                onClick={() =>
                  run(async () => {
                    await place.removeMember(account.id)
                    await load()
                  })
                }
              >
                <CloseIcon />
              </button>
            )}
          </li>
        ))}
      </ul>
      {listing.can.includes('add') && (
        <>
          <h3>{t('members.add')}</h3>
          <PeopleSearch
            client={client}
            without={members.map(({ account }) => account.id)}
            onChoose={({ id }) =>
              run(async () => {
                await place.putMember(id)
                await load()
              })
            }
          />
        </>
      )}
    </section>
  )
}
