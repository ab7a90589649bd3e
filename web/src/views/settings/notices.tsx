import { notices, setNotices } from '../../notify/notices.ts'
import { t } from '../../text/index.ts'

/** Whether this browser tells of messages: it asks for its permission on a press alone. */
export function Notices() {
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
