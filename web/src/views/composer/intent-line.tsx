import type { Intent } from '../../composer/intent.ts'
import { nameOf } from '../../lib/names.ts'
import { oneLine } from '../../markdown/markdown.tsx'
import { t } from '../../text/index.ts'
import { CloseIcon } from '../icons.tsx'

/** The line above a composer that tells what is answered or edited, with a button to leave that. */
export function IntentLine({ intent, onLeave }: { intent: Intent; onLeave: () => void }) {
  if (intent.is === 'write') return null
  const { message } = intent.item
  const isEdit = intent.is === 'edit'
  return (
    <p class="intent">
      <span dir="auto">
        {isEdit ? t('composer.editing') : t('composer.replying', { name: nameOf(message.sender) })}
        {!isEdit && <span class="quiet"> {oneLine(message.body)}</span>}
      </span>
      <button
        type="button"
        class="icon-button"
        aria-label={t(isEdit ? 'composer.cancelEdit' : 'composer.cancelReply')}
        onClick={onLeave}
      >
        <CloseIcon />
      </button>
    </p>
  )
}
