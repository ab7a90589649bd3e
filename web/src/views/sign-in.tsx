import { useState } from 'preact/hooks'
import { useDeed } from '../lib/busy.ts'
import { register, server, signIn } from '../state/session.ts'
import { t } from '../text/index.ts'

/** The page of somebody who is not signed in: to sign in, or to make an account. */
export function SignIn({ wasEnded }: { wasEnded: boolean }) {
  return <main class="sign-in">{isSecureContext ? <SignInForm wasEnded={wasEnded} /> : <PlainPage />}</main>
}

/** The server gives such a page no session, and nobody should type a password here. */
const PlainPage = () => (
  <section class="empty-state">
    <img src="/favicon.svg" width="48" height="48" alt="" />
    <h1>{t('auth.title')}</h1>
    <p role="alert">{t('auth.plainPage')}</p>
    <p class="quiet">{t('auth.plainPageOwner')}</p>
  </section>
)

function SignInForm({ wasEnded }: { wasEnded: boolean }) {
  const [isNew, setNew] = useState(false)
  const mayRegister = server.value?.auth.register !== false
  const { isBusy, failure, run } = useDeed()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(fields.get(name) ?? '').trim()
    const password = String(fields.get('password') ?? '')
    run(() =>
      isNew
        ? register({ username: text('login'), password, ...(text('name') && { displayName: text('name') }) })
        : signIn(text('login'), password),
    )
  }
  return (
    <form onSubmit={submit}>
      <img src="/favicon.svg" width="48" height="48" alt="" />
      <h1>{t(isNew ? 'auth.newTitle' : 'auth.title')}</h1>
      <p class="quiet">{wasEnded && !isNew ? t('auth.ended') : t('auth.intro')}</p>
      <label>
        {t(isNew ? 'account.username' : 'auth.login')}
        <input
          name="login"
          required
          // biome-ignore lint/a11y/noAutofocus: the form is all that the page has
          autoFocus
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          maxLength={200}
        />
      </label>
      {isNew && (
        <label>
          {t('account.displayName')}
          <input name="name" autocomplete="name" maxLength={200} />
        </label>
      )}
      <label>
        {t('account.password')}
        <input
          name="password"
          type="password"
          required
          minLength={isNew ? 8 : 1}
          maxLength={1024}
          autocomplete={isNew ? 'new-password' : 'current-password'}
          aria-describedby={isNew ? 'password-hint' : undefined}
        />
        {isNew && (
          <span class="quiet" id="password-hint">
            {t('auth.passwordHint')}
          </span>
        )}
      </label>
      <p class="failure" role="alert">
        {failure}
      </p>
      <button type="submit" class="primary" disabled={isBusy}>
        {isBusy ? t(isNew ? 'auth.creating' : 'auth.signingIn') : t(isNew ? 'auth.create' : 'auth.signIn')}
      </button>
      {mayRegister && (
        <button type="button" class="link" onClick={() => setNew(!isNew)}>
          {t(isNew ? 'auth.haveAccount' : 'auth.needAccount')}
        </button>
      )}
    </form>
  )
}
