import type { Client, OwnAccount } from '@parlance/client'
import { changeMe } from '@parlance/client/operations'
import { useState } from 'preact/hooks'
import { session } from '../../state/session.ts'
import { t } from '../../text/index.ts'
import { SettingsForm } from './settings-form.tsx'

/** The name that others see, and what one tells of oneself. */
export function Profile({ client, account }: { client: Client; account: OwnAccount }) {
  const [name, setName] = useState(account.displayName)
  const [bio, setBio] = useState(account.bio ?? '')
  const save = async () => {
    const body = { displayName: name.trim() || null, bio: bio.trim() || null }
    session.value = { is: 'in', client, account: await client.rest.call(changeMe, { body }) }
  }
  return (
    <SettingsForm title={t('settings.profile')} action={t('settings.save')} onSubmit={save}>
      <label>
        {t('settings.name')}
        <input
          value={name}
          maxLength={200}
          dir="auto"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label>
        {t('settings.about')}
        <textarea
          value={bio}
          rows={3}
          maxLength={1000}
          dir="auto"
          onInput={(event) => setBio(event.currentTarget.value)}
        />
      </label>
    </SettingsForm>
  )
}
