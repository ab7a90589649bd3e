import { excessOf, mostBytes } from '../../composer/excess.ts'
import { sizeText } from '../../lib/size.ts'
import { t } from '../../text/index.ts'

interface TooLongProps {
  readonly text: string
  /** Sends the text as a file, where that is possible. */
  readonly onSendAsFile: (() => void) | undefined
}

/** Says that a text is too long for one message, and how it can be sent all the same. */
export function TooLong({ text, onSendAsFile }: TooLongProps) {
  const excess = excessOf(text)
  if (excess <= 0) return null
  const most = mostBytes()
  return (
    <p class="failure" role="alert">
      {t('composer.tooLong', { size: sizeText(excess + most), most: sizeText(most) })}{' '}
      {onSendAsFile && (
        <button type="button" class="link" onClick={onSendAsFile}>
          {t('composer.asFile')}
        </button>
      )}
    </p>
  )
}
