import type { Client, OwnAccount } from '@parlance/client'
import { changeMe, changePassword } from '@parlance/client/operations'
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useDeed } from '../lib/busy.ts'
import { notices, setNotices } from '../notify/notices.ts'
import { forgetDrafts } from '../state/drafts.ts'
import { pathTo } from '../state/route.ts'
import { session, signOut } from '../state/session.ts'
import { THEMES, theme } from '../state/theme.ts'
import { chooseLanguage, language, languages, t } from '../text/index.ts'
import { emptyTrays } from '../upload/tray.ts'
import { Blocked } from './blocked.tsx'
import { BackIcon } from './icons.tsx'
import { Sessions } from './sessions.tsx'

export function Settings({ client, account }: { client: Client; account: OwnAccount }) {
  const { isBusy, failure, run } = useDeed()
  const leave = (everywhere: boolean) =>
    run(async () => {
      await signOut({ everywhere })
      forgetDrafts()
      emptyTrays()
    })
  return (
    <main class="page" aria-label={t('settings.title')}>
      <header class="bar">
        <a class="icon-button back" href={pathTo({ at: 'list' })} aria-label={t('conversation.back')}>
          <BackIcon />
        </a>
        <h1>{t('settings.title')}</h1>
      </header>
      <div class="page-body">
        <Appearance />
        <Notices />
        <Profile client={client} account={account} />
        <Password client={client} />
        <Sessions client={client} />
        <Blocked client={client} />
        {account.isAdmin && (
          <section>
            <a class="button" href={pathTo({ at: 'admin' })}>
              {t('admin.title')}
            </a>
          </section>
        )}
        <section class="buttons">
          <button type="button" disabled={isBusy} onClick={() => leave(false)}>
            {t('settings.signOut')}
          </button>
          <button type="button" class="danger" disabled={isBusy} onClick={() => leave(true)}>
            {t('settings.signOutEverywhere')}
          </button>
        </section>
        <p class="failure" role="alert">
          {failure}
        </p>
      </div>
    </main>
  )
}

const nameOfLanguage = (tag: string): string =>
  new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag

function Appearance() {
  return (
    <section>
      <fieldset class="choice">
        <legend>{t('settings.theme')}</legend>
        {THEMES.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="theme"
              checked={theme.value === one}
              onChange={() => {
                theme.value = one
              }}
            />
            {t(`settings.theme.${one}`)}
          </label>
        ))}
      </fieldset>
      <fieldset class="choice">
        <legend>{t('settings.language')}</legend>
        {languages.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="language"
              checked={language.value === one}
              onChange={() => chooseLanguage(one)}
            />
            <span lang={one}>{nameOfLanguage(one)}</span>
          </label>
        ))}
      </fieldset>
    </section>
  )
}

/** Whether this browser tells of messages: it asks for its permission on a press alone. */
function Notices() {
  const standing = notices.value
  const mayChoose = standing === 'on' || standing === 'off'
  return (
    <section>
      <h2>{t('notices.title')}</h2>
      <p class="quiet" role="status">
        {t(`notices.${standing}`)}
      </p>
      {mayChoose && (
        <button type="button" onClick={() => setNotices(standing === 'off')}>
          {t(standing === 'off' ? 'notices.turnOn' : 'notices.turnOff')}
        </button>
      )}
    </section>
  )
}

interface SettingsFormProps {
  readonly title: string
  readonly action: string
  /** Told when it has been done, until something is changed again. */
  readonly done: string
  readonly onSubmit: (form: HTMLFormElement) => Promise<unknown>
  readonly children: ComponentChildren
}

/** Some settings that are saved together. */
function SettingsForm({ title, action, done, onSubmit, children }: SettingsFormProps) {
  const [isDone, setDone] = useState(false)
  const { isBusy, failure, run } = useDeed()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    run(async () => {
      await onSubmit(form)
      setDone(true)
    })
  }
  return (
    <section>
      <h2>{title}</h2>
      <form onSubmit={submit} onInput={() => setDone(false)}>
        {children}
        <button type="submit" disabled={isBusy}>
          {action}
        </button>
        <p role="status" class="quiet">
          {isDone && done}
        </p>
        <p class="failure" role="alert">
          {failure}
        </p>
      </form>
    </section>
  )
}

function Profile({ client, account }: { client: Client; account: OwnAccount }) {
  const [name, setName] = useState(account.displayName)
  const [bio, setBio] = useState(account.bio ?? '')
  const save = async () => {
    const body = { displayName: name.trim() || null, bio: bio.trim() || null }
    session.value = { is: 'in', client, account: await client.rest.call(changeMe, { body }) }
  }
  return (
    <SettingsForm
      title={t('settings.profile')}
      action={t('settings.save')}
      done={t('settings.saved')}
      onSubmit={save}
    >
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

function Password({ client }: { client: Client }) {
  const change = async (form: HTMLFormElement) => {
    const fields = new FormData(form)
    const body = { current: String(fields.get('current')), next: String(fields.get('next')) }
    await client.rest.call(changePassword, { body })
    form.reset()
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
