import type { Saving } from '../lib/use-saving.ts'
import { t } from '../text/index.ts'

interface FormEndProps {
  readonly saving: Saving
  /** The verb on the button. */
  readonly action: string
  /** Told when it has been done; "Saved." where nothing else is given. */
  readonly done?: string
}

/** The end of a form: its button, and whether it was saved, or why not. */
export const FormEnd = ({ saving, action, done = t('settings.saved') }: FormEndProps) => (
  <>
    {/* A button that is disabled loses the focus. */}
    <button type="submit" aria-disabled={saving.isBusy}>
      {action}
    </button>
    <p role="status" class="quiet">
      {saving.isDone && done}
    </p>
    <p class="failure" role="alert">
      {saving.failure}
    </p>
  </>
)
