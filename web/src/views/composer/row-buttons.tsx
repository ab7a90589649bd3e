import { askForEmoji } from '../../emoji/ask.ts'
import { t } from '../../text/index.ts'
import { EyeIcon, SendIcon, SmileIcon } from '../icons.tsx'

interface PreviewButtonProps {
  readonly isPressed: boolean
  readonly onPress: () => void
}

/** Shows and hides a message as others will see it. */
export const PreviewButton = ({ isPressed, onPress }: PreviewButtonProps) => (
  <button
    type="button"
    class="icon-button"
    aria-label={t('composer.preview')}
    title={t('composer.preview')}
    aria-pressed={isPressed}
    onClick={onPress}
  >
    <EyeIcon />
  </button>
)

/** Lets an emoji be chosen. */
export const EmojiButton = ({ onChoose }: { onChoose: (character: string) => void }) => (
  <button
    type="button"
    class="icon-button"
    aria-label={t('emoji.insert')}
    title={t('emoji.insert')}
    aria-haspopup="dialog"
    onClick={(event) => askForEmoji(event.currentTarget, onChoose)}
  >
    <SmileIcon />
  </button>
)

/** Sends the message, or saves what it was changed to. */
export const SendButton = ({ isEdit, isDisabled }: { isEdit: boolean; isDisabled: boolean }) => (
  <button
    type="submit"
    class="send"
    disabled={isDisabled}
    aria-label={t(isEdit ? 'composer.save' : 'composer.send')}
    title={t(isEdit ? 'composer.save' : 'composer.send')}
  >
    <SendIcon />
  </button>
)
