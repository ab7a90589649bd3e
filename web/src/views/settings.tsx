import type { Client, OwnAccount } from '@parlance/client'
import { changeMe, changePassword } from '@parlance/client/operations'
import { useState } from 'preact/hooks'
import { useDeed } from '../lib/busy.ts'
import { forgetDrafts } from '../state/drafts.ts'
import { pathTo } from '../state/route.ts'
import { session, signOut } from '../state/session.ts'
import { THEMES, theme } from '../state/theme.ts'
import { chooseLanguage, language, languages, t } from '../text/index.ts'
import { BackIcon } from './icons.tsx'

export function Settings({ client, account }: { client: Client; account: OwnAccount }) {
  const { isBusy, failure, run } = useDeed()
  const leave = (everywhere: boolean) =>
    run(async () => {
      await signOut({ everywhere })
      forgetDrafts()
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
        <Profile client={client} account={account} />
        <Password client={client} />
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

function Profile({ client, account }: { client: Client; account: OwnAccount }) {
  const [name, setName] = useState(account.displayName)
  const [bio, setBio] = useState(account.bio ?? '')
  const [isSaved, setSaved] = useState(false)
  const { isBusy, failure, run } = useDeed()
  const save = (event: SubmitEvent) => {
    event.preventDefault()
    run(async () => {
      const body = { displayName: name.trim() || null, bio: bio.trim() || null }
      const changed = await client.rest.call(changeMe, { body })
      session.value = { is: 'in', client, account: changed }
      setSaved(true)
    })
  }
  return (
    <section>
      <h2>{t('settings.profile')}</h2>
      <form onSubmit={save} onInput={() => setSaved(false)}>
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
        <button type="submit" disabled={isBusy}>
          {t('settings.save')}
        </button>
        <p role="status" class="quiet">
          {isSaved && t('settings.saved')}
        </p>
        <p class="failure" role="alert">
          {failure}
        </p>
      </form>
    </section>
  )
}

function Password({ client }: { client: Client }) {
  const [isChanged, setChanged] = useState(false)
  const { isBusy, failure, run } = useDeed()
  const change = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const fields = new FormData(form)
    run(async () => {
      const body = { current: String(fields.get('current')), next: String(fields.get('next')) }
      await client.rest.call(changePassword, { body })
      form.reset()
      setChanged(true)
    })
  }
  return (
    <section>
      <h2>{t('settings.password')}</h2>
      <form onSubmit={change} onInput={() => setChanged(false)}>
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
        <button type="submit" disabled={isBusy}>
          {t('settings.password')}
        </button>
        <p role="status" class="quiet">
          {isChanged && t('settings.passwordChanged')}
        </p>
        <p class="failure" role="alert">
          {failure}
        </p>
      </form>
    </section>
  )
}
