import type { ComponentChildren } from 'preact'
import { t } from '../text/index.ts'
import { Loading } from '../views/loading.tsx'
import type { useList } from './use-list.ts'

interface ListSectionProps {
  readonly title: string
  readonly list: Omit<ReturnType<typeof useList<unknown>>, 'page' | 'drop'> & {
    readonly page: { readonly items: readonly unknown[]; readonly next: string | null } | undefined
  }
  /** Label of its search; without it there is none. */
  readonly search?: string
  readonly children: ComponentChildren
}

/** A list with its name, its search and the way to its next page. */
export function ListSection({ title, list, search, children }: ListSectionProps) {
  const { sought, setSought, page, isBusy, failure, load, more } = list
  const next = page?.next ?? null
  return (
    <section>
      <h2>{title}</h2>
      {search !== undefined && (
        <label>
          {search}
          <input
            type="search"
            value={sought}
            maxLength={200}
            onInput={(event) => setSought(event.currentTarget.value)}
          />
        </label>
      )}
      <Loading isBusy={isBusy && !page} failure={failure} onRetry={load} />
      <ul class="members" aria-label={title}>
        {children}
      </ul>
      {page?.items.length === 0 && next === null && <p class="quiet">{t('admin.nothing')}</p>}
      {next !== null && (
        <button type="button" disabled={isBusy} onClick={() => more(next)}>
          {t('admin.more', { title })}
        </button>
      )}
    </section>
  )
}
