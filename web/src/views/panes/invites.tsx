import type { Client, Operations } from '@parlance/client'
import { createInvite, listInvites, revokeInvite } from '@parlance/client/operations'
import { useEffect, useState } from 'preact/hooks'
import { useDeed } from '../../lib/busy.ts'
import { wholeTimeOf } from '../../lib/time.ts'
import { copy } from '../../state/notice.ts'
import { pathTo } from '../../state/route.ts'
import { count, t } from '../../text/index.ts'
import { CloseIcon } from '../icons.tsx'
import { PaneHeading } from './pane.tsx'

type Invite = Operations['listInvites']['answer']['items'][number]

const HOUR = 3_600
/** Seconds for which a new link may be valid. */
const LIVES = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, month: 30 * 24 * HOUR } as const
const USES = [1, 10, 100] as const

/** The invite links of a conversation: a new one, and those that are still valid. */
export function Invites({ client, id }: { client: Client; id: string }) {
  const [invites, setInvites] = useState<readonly Invite[]>([])
  const { isBusy, failure, run } = useDeed()
  const load = async () =>
    setInvites((await client.rest.call(listInvites, { params: { c: id }, query: { limit: 200 } })).items)
  useEffect(() => {
    run(load)
  }, [id])
  const revoke = (i: string) =>
    run(async () => {
      await client.rest.call(revokeInvite, { params: { c: id, i } })
      await load()
    })
  return (
    <section>
      <PaneHeading>{t('invite.title')}</PaneHeading>
      <NewInvite client={client} id={id} onMade={() => run(load)} />
      <p class="failure" role="alert">
        {failure}
      </p>
      {invites.length > 0 && (
        <ul class="invites" aria-label={t('invite.valid')}>
          {invites.map((invite) => (
            <li key={invite.id}>
              <span class="person-text">
                <span>
                  {t('invite.uses', {
                    uses: invite.uses,
                    most: count(invite.maxUses, { one: 'invite.most.one', other: 'invite.most.other' }),
                  })}
                </span>
                <span class="quiet">{t('invite.until', { time: wholeTimeOf(invite.expiresAt) })}</span>
              </span>
              <button
                type="button"
                class="icon-button"
                disabled={isBusy}
                aria-label={t('invite.revoke')}
                title={t('invite.revoke')}
                onClick={() => revoke(invite.id)}
              >
                <CloseIcon />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

interface NewInviteProps {
  readonly client: Client
  readonly id: string
  readonly onMade: () => void
}

function NewInvite({ client, id, onMade }: NewInviteProps) {
  const [link, setLink] = useState<string>()
  const { isBusy, failure, run } = useDeed()
  const make = (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const body = { expiresIn: Number(fields.get('life')), maxUses: Number(fields.get('uses')) }
    run(async () => {
      const { code } = await client.rest.call(createInvite, { params: { c: id }, body })
      setLink(`${location.origin}/${pathTo({ at: 'join', code })}`)
      onMade()
    })
  }
  return (
    <form onSubmit={make}>
      <div class="fields">
        <label>
          {t('invite.life')}
          <select name="life">
            {Object.entries(LIVES).map(([name, seconds]) => (
              <option key={name} value={seconds} selected={name === 'week'}>
                {t(`invite.life.${name as keyof typeof LIVES}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('invite.for')}
          <select name="uses">
            {USES.map((uses) => (
              <option key={uses} value={uses} selected={uses === 100}>
                {count(uses, { one: 'invite.most.one', other: 'invite.most.other' })}
              </option>
            ))}
          </select>
        </label>
      </div>
      <button type="submit" disabled={isBusy}>
        {t('invite.create')}
      </button>
      <p class="failure" role="alert">
        {failure}
      </p>
      {link !== undefined && (
        <label>
          {t('invite.explain')}
          <input readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
          <button type="button" onClick={() => copy(link, t('invite.copied'))}>
            {t('invite.copy')}
          </button>
        </label>
      )}
    </form>
  )
}
