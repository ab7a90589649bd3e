import { SHORTCUTS } from '../keys/shortcuts.ts'
import { closeOverlay } from '../state/overlay.ts'
import { t } from '../text/index.ts'
import { Dialog } from './dialog.tsx'

const GROUPS = ['anywhere', 'conversation', 'message'] as const

/** All keys that do something. */
export const ShortcutList = () => (
  <Dialog title={t('keys.title')} onClose={closeOverlay}>
    {GROUPS.map((group) => (
      <section key={group}>
        <h3>{t(`keys.${group}`)}</h3>
        <dl class="shortcuts">
          {SHORTCUTS[group].map(({ keys, text }) => (
            <div key={text}>
              <dt>{t(text)}</dt>
              <dd>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </section>
    ))}
  </Dialog>
)
