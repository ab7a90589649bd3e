import type { Operations } from '@parlance/client'
import { sizeText } from '../lib/size.ts'
import { locale, t } from '../text/index.ts'

type Running = NonNullable<Operations['getBackUp']['answer']['running']>

/** How far a back-up is: its step as a line, and how much of that is done as a bar. */
export function BackUpProgress({ running }: { running: Running }) {
  const { step, done, total } = running
  // Without a value the bar says that something goes on, and not how long it takes.
  const share = total === null || total === 0 || step === 'check' ? undefined : done / total
  return (
    <div class="progressing">
      <p>{stepText(running, share)}</p>
      <progress {...(share !== undefined && { value: share })} aria-label={t('admin.backUpProgress')} />
    </div>
  )
}

function stepText({ step, done, total }: Running, share: number | undefined): string {
  const number = new Intl.NumberFormat(locale.value)
  if (step === 'check') return t('admin.step.check')
  if (step === 'files') {
    return t('admin.step.files', { done: number.format(done), total: number.format(total ?? done) })
  }
  const part = new Intl.NumberFormat(locale.value, { style: 'percent' }).format(share ?? 0)
  // At its beginning nobody knows anything yet.
  const soFar = done === 0 ? '…' : sizeText(done)
  return t('admin.step.database', { done: share === undefined ? soFar : part })
}
