import { begin, session } from './state/session.ts'
import { t } from './text/index.ts'
import { ReleaseBar } from './views/release-bar.tsx'
import { Shell } from './views/shell.tsx'
import { SignIn } from './views/sign-in.tsx'

export const App = () => (
  <>
    <Current />
    <ReleaseBar />
  </>
)

function Current() {
  const current = session.value
  switch (current.is) {
    case 'unknown':
      return null
    case 'unreachable':
      return (
        <main class="welcome">
          <div class="empty-state">
            <p role="alert">{t('loading.unreachable')}</p>
            <button type="button" class="primary" onClick={begin}>
              {t('loading.retry')}
            </button>
          </div>
        </main>
      )
    case 'out':
      return <SignIn wasEnded={current.wasEnded} />
    case 'in':
      return <Shell client={current.client} account={current.account} />
  }
}
