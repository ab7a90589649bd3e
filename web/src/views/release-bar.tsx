import { newRelease, takeRelease } from '../state/release.ts'
import { t } from '../text/index.ts'

/** A thin bar once the server has a newer release of this page. */
export const ReleaseBar = () => (
  <div role="status" class="release-slot">
    {newRelease.value && (
      <p class="release-bar">
        {t('release.ready')}{' '}
        <button type="button" class="link" onClick={takeRelease}>
          {t('release.take')}
        </button>
      </p>
    )}
  </div>
)
