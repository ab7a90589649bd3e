import type { Client, Operations } from '@parlance/client'
import { listActs } from '@parlance/client/operations'
import { useEffect } from 'preact/hooks'
import { briefTimeOf } from '../lib/time.ts'
import { t } from '../text/index.ts'
import { ListSection } from './list-section.tsx'
import { useList } from './use-list.ts'

type Act = Operations['listActs']['answer']['items'][number]

/** The audit log, read again after each act. */
export function Acts({ client, acted }: { client: Client; acted: number }) {
  const list = useList<Act>(({ cursor }) => {
    return client.rest.call(listActs, { query: { limit: 20, ...(cursor !== undefined && { cursor }) } })
  })
  useEffect(() => {
    if (acted > 0) list.load()
  }, [acted])
  return (
    <ListSection title={t('admin.audit')} list={list}>
      {list.page?.items.map(({ number, actor, origin, act, subject, outcome, at }) => (
        <li key={number}>
          <span class="person-text">
            <span dir="auto">
              {act}: {subject}
            </span>
            <span class="quiet">
              {t('admin.act', { actor, origin, time: briefTimeOf(at), outcome: outcome ?? '–' })}
            </span>
          </span>
        </li>
      ))}
    </ListSection>
  )
}
