import type { Client, ConversationHandle, Listing, Member } from '@parlance/client'
import { listMembers } from '@parlance/client/operations'
import { useEffect, useState } from 'preact/hooks'
import { useDeed } from '../../lib/busy.ts'
import { nameOf } from '../../lib/names.ts'
import { givableRoles, mayRemove, ROLE_NAMES, type Role } from '../../lib/roles.ts'
import { useHeard } from '../../lib/use-heard.ts'
import { useObservable } from '../../lib/use-observable.ts'
import { openPane } from '../../state/route.ts'
import { usePresence } from '../../state/watched.ts'
import { t } from '../../text/index.ts'
import { Avatar } from '../avatar.tsx'
import { Question } from '../dialog.tsx'
import { Menu } from '../menu.tsx'
import { PeopleSearch } from '../people-search.tsx'
import { PaneHeading } from './pane.tsx'

interface MembersProps {
  readonly client: Client
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly me: string
}

/** A deed with a member that is asked about before. */
type Asked = { readonly is: 'remove' | 'handOver'; readonly member: Member }

/** The members of a conversation with their roles, and what the reader may do about each. */
export function Members({ client, place, listing, me }: MembersProps) {
  const [members, setMembers] = useState<readonly Member[]>([])
  const [next, setNext] = useState<string | null>(null)
  const [asked, setAsked] = useState<Asked>()
  const { failure, run } = useDeed()
  const load = async (cursor?: string) => {
    const query = { limit: 200, ...(cursor && { cursor }) }
    const page = await client.rest.call(listMembers, { params: { c: place.id }, query })
    setMembers((before) => (cursor ? [...before, ...page.items] : page.items))
    setNext(page.next)
  }
  useEffect(() => {
    run(() => load())
  }, [place])
  const types = ['member.joined', 'member.left', 'member.changed'] as const
  useHeard(client, { conversation: place.id, types }, () => run(() => load()))
  usePresence(members.map(({ account }) => account.id).filter((id) => id !== me))
  const give = (account: string, role: Role) => run(() => place.putMember(account, role))
  const answer = ({ is, member }: Asked) =>
    is === 'handOver' ? give(member.account.id, 'owner') : run(() => place.removeMember(member.account.id))
  return (
    <section>
      <PaneHeading>{t('list.allMembers')}</PaneHeading>
      <p class="failure" role="alert">
        {failure}
      </p>
      <ul class="members" aria-label={t('list.allMembers')}>
        {members.map((member) => (
          <MemberRow
            key={member.account.id}
            client={client}
            member={member}
            listing={listing}
            isMe={member.account.id === me}
            onGive={(role) =>
              role === 'owner' ? setAsked({ is: 'handOver', member }) : give(member.account.id, role)
            }
            onRemove={() => setAsked({ is: 'remove', member })}
          />
        ))}
      </ul>
      {next !== null && (
        <button type="button" class="link" onClick={() => run(() => load(next))}>
          {t('members.more')}
        </button>
      )}
      {listing.can.includes('add') ? (
        <>
          <PaneHeading>{t('members.add')}</PaneHeading>
          <PeopleSearch
            client={client}
            without={members.map(({ account }) => account.id)}
            onChoose={({ id }) => run(() => place.putMember(id))}
          />
        </>
      ) : (
        <p class="quiet">{t('members.mayNotAdd')}</p>
      )}
      {asked && (
        <Question
          question={questionOf(asked, listing)}
          answer={t(asked.is === 'remove' ? 'members.removeShort' : 'members.handOver')}
          onAnswer={() => answer(asked)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </section>
  )
}

function questionOf({ is, member }: Asked, { kind }: Listing): string {
  const name = nameOf(member.account)
  if (is === 'handOver') return t('members.handOverQuestion', { name })
  return t(kind === 'open' ? 'members.removeOpenQuestion' : 'members.removeQuestion', { name })
}

interface MemberRowProps {
  readonly client: Client
  readonly member: Member
  readonly listing: Listing
  readonly isMe: boolean
  readonly onGive: (role: Role) => void
  readonly onRemove: () => void
}

function MemberRow({ client, member, listing, isMe, onGive, onRemove }: MemberRowProps) {
  const { account, role } = member
  const name = nameOf(account)
  const isOnline = useObservable(client.isOnline(account.id))
  const roles = isMe ? [] : givableRoles(listing, role)
  const isRemovable = !isMe && mayRemove(listing, role)
  return (
    <li>
      <Avatar id={account.id} name={name} isOnline={isOnline} />
      <span class="person-text">
        <button
          type="button"
          class="name"
          dir="auto"
          onClick={() => openPane({ is: 'person', id: account.id })}
        >
          {name}
        </button>
        <span class="quiet">
          {t(ROLE_NAMES[role])}
          {isMe && ` · ${t('members.you')}`}
        </span>
      </span>
      {(roles.length > 0 || isRemovable) && (
        <Menu
          label={t('members.actions', { name })}
          items={[
            ...roles.map((one) => ({
              text: one === 'owner' ? t('members.handOver') : t('members.make', { role: t(ROLE_NAMES[one]) }),
              onChoose: () => onGive(one),
            })),
            ...(isRemovable ? [{ text: t('members.removeShort'), isDanger: true, onChoose: onRemove }] : []),
          ]}
        />
      )}
    </li>
  )
}
