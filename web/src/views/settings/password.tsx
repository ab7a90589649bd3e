import { type Client, ParlanceError } from '@parlance/client'
import { changePassword } from '@parlance/client/operations'
import { t } from '../../text/index.ts'
import { SettingsForm } from './settings-form.tsx'

/** Changes the password, which ends all other log-ins. */
export function Password({ client, onChange }: { client: Client; onChange: () => void }) {
  const change = async (form: HTMLFormElement) => {
    const fields = new FormData(form)
    const body = { current: String(fields.get('current')), next: String(fields.get('next')) }
    try {
      await client.rest.call(changePassword, { body })
    } catch (error) {
      const isWrong = error instanceof ParlanceError && error.code === 'wrong_credentials'
      throw isWrong ? new ParlanceError('wrong_password') : error
    }
    form.reset()
    onChange()
  }
  return (
    <SettingsForm
      title={t('settings.password')}
      action={t('settings.password')}
      done={t('settings.passwordChanged')}
      onSubmit={change}
    >
      <label>
        {t('settings.passwordCurrent')}
        <input name="current" type="password" required autocomplete="current-password" />
      </label>
      <label>
        {t('settings.passwordNew')}
        <input
          name="next"
          type="password"
          required
          minLength={8}
          maxLength={1024}
          autocomplete="new-password"
        />
      </label>
    </SettingsForm>
  )
}
