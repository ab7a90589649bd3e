import type { Client, OwnAccount } from '@parlance/client'
import { useState } from 'preact/hooks'
import { useDeed } from '../../lib/busy.ts'
import { forgetDrafts } from '../../state/drafts.ts'
import { pathTo } from '../../state/route.ts'
import { signOut } from '../../state/session.ts'
import { t } from '../../text/index.ts'
import { emptyTrays } from '../../upload/tray.ts'
import { BackIcon } from '../icons.tsx'
import { Appearance } from './appearance.tsx'
import { Blocked } from './blocked.tsx'
import { Notices } from './notices.tsx'
import { Password } from './password.tsx'
import { Profile } from './profile.tsx'
import { Sessions } from './sessions.tsx'

/** The page of an account's settings and of this browser's. */
export function Settings({ client, account }: { client: Client; account: OwnAccount }) {
  const { isBusy, failure, run } = useDeed()
  /** Changes of the password, each of which ends the log-ins that are listed. */
  const [changes, setChanges] = useState(0)
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
        <Password client={client} onChange={() => setChanges(changes + 1)} />
        <Sessions key={changes} client={client} />
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
