import type { ComponentChildren } from 'preact'
import { useSaving } from '../../lib/use-saving.ts'
import { FormEnd } from '../form-end.tsx'

interface SettingsFormProps {
  readonly title: string
  readonly action: string
  /** Told when it has been done, until something is changed again. */
  readonly done?: string
  readonly onSubmit: (form: HTMLFormElement) => Promise<unknown>
  readonly children: ComponentChildren
}

/** Some settings that are saved together. */
export function SettingsForm({ title, action, done, onSubmit, children }: SettingsFormProps) {
  const saving = useSaving()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    saving.save(() => onSubmit(form))
  }
  return (
    <section>
      <h2>{title}</h2>
      <form onSubmit={submit} onInput={saving.touch}>
        {children}
        <FormEnd saving={saving} action={action} {...(done !== undefined && { done })} />
      </form>
    </section>
  )
}
