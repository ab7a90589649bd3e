import { notice } from '../state/notice.ts'

/** Where notices are said: quietly, and over nothing that is read. */
export function NoticeBar() {
  const { text = '', isFailure = false } = notice.value ?? {}
  return (
    <div class="notice-slot" role="status">
      {text !== '' && <p class={isFailure ? 'notice failure' : 'notice'}>{text}</p>}
    </div>
  )
}
