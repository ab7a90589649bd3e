import { askedForEmoji } from '../emoji/ask.ts'
import { useLazy } from '../lib/use-lazy.ts'

/** The place of the emoji picker, whose code comes when somebody first asks for one. */
export function EmojiPickerSlot() {
  const asked = askedForEmoji.value
  const part = useLazy(() => import('./emoji-picker.tsx'), asked !== undefined)
  if (!asked || part === undefined || part === 'failed') return null
  const close = () => {
    askedForEmoji.value = undefined
  }
  return <part.EmojiPicker anchor={asked.anchor} onChoose={asked.onChoose} onClose={close} />
}
