import { useEffect, useState } from 'preact/hooks'
import { t } from '../text/index.ts'

/** Milliseconds before skeleton rows are shown: most is there sooner. */
const PATIENCE_MS = 150

interface LoadingProps {
  readonly isBusy: boolean
  readonly failure: string | undefined
  readonly onRetry: () => void
}

/** The place of what is not here yet: skeleton rows after a moment, and where it failed, why, with a way to try again. */
export function Loading({ isBusy, failure, onRetry }: LoadingProps) {
  if (failure !== undefined)
    return (
      <div class="failed" role="alert">
        <p class="failure">{failure}</p>
        <button type="button" onClick={onRetry}>
          {t('loading.retry')}
        </button>
      </div>
    )
  return isBusy ? <Skeleton /> : null
}

/** Rows of the heights of messages. */
export function Skeleton({ rows = 3 }: { rows?: number }) {
  const [isShown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div class="skeletons" role="status" aria-label={isShown ? t('loading.busy') : undefined}>
      {isShown && Array.from({ length: rows }, (_, row) => <SkeletonRow key={row} />)}
    </div>
  )
}

const SkeletonRow = () => (
  <div class="skeleton" aria-hidden="true">
    <span />
    <span />
  </div>
)
