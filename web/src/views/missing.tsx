import { useEffect, useState } from 'preact/hooks'
import { pathTo } from '../state/route.ts'
import { t } from '../text/index.ts'
import { Skeleton } from './loading.tsx'

/** Milliseconds for which a conversation that is not known is looked for. */
const SOUGHT_MS = 2_000

/** A conversation that is not among one's own: it is asked for once more before that is said. */
export function Missing() {
  const [isGone, setGone] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setGone(true), SOUGHT_MS)
    return () => clearTimeout(timer)
  }, [])
  if (!isGone) return <Skeleton rows={6} />
  return (
    <div class="empty-state" role="alert">
      <h1>{t('conversation.notFoundTitle')}</h1>
      <p>{t('conversation.notFound')}</p>
      <a class="button" href={pathTo({ at: 'list' })}>
        {t('conversation.back')}
      </a>
    </div>
  )
}
