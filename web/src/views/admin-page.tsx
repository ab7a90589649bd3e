import type { Client, OwnAccount } from '@parlance/client'
import { useLazy } from '../lib/use-lazy.ts'
import { pathTo } from '../state/route.ts'
import { t } from '../text/index.ts'
import { BackIcon } from './icons.tsx'

interface AdminPageProps {
  readonly client: Client
  readonly account: OwnAccount
  /** The id of another account that is looked at alone. */
  readonly shown: string | undefined
}

/** The page of administrators, whose code comes with the first look at it. */
export function AdminPage({ client, account, shown }: AdminPageProps) {
  const isAdmin = account.isAdmin === true
  const part = useLazy(() => import('../admin/admin.tsx'), isAdmin)
  return (
    <main class="page" aria-label={t('admin.title')}>
      <header class="bar">
        {shown === undefined ? (
          <a class="icon-button back" href={pathTo({ at: 'list' })} aria-label={t('conversation.back')}>
            <BackIcon />
          </a>
        ) : (
          <a class="icon-button" href={pathTo({ at: 'admin' })} aria-label={t('admin.back')}>
            <BackIcon />
          </a>
        )}
        <h1>{t(shown === undefined ? 'admin.title' : 'admin.accountTitle')}</h1>
      </header>
      <div class="page-body" key={shown}>
        {!isAdmin && <p>{t('admin.notYours')}</p>}
        {part === 'failed' && (
          <p class="failure" role="alert">
            {t('admin.notLoaded')}
          </p>
        )}
        {part !== undefined && part !== 'failed' && (
          <part.Admin client={client} me={account.id} account={shown} />
        )}
      </div>
    </main>
  )
}
