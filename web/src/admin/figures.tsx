import type { Client, Operations } from '@parlance/client'
import { getFigures } from '@parlance/client/operations'
import { useEffect, useState } from 'preact/hooks'
import { useDeed } from '../lib/busy.ts'
import { language, t } from '../text/index.ts'
import { Loading } from '../views/loading.tsx'
import { type Fact, FactList } from './fact-list.tsx'

type Live = Operations['getFigures']['answer']

/** How often the figures are read while the page is looked at, in milliseconds. */
const LOOK_MS = 5_000

/** Figures of the server that answers, as they are now. */
export function Figures({ client }: { client: Client }) {
  const [live, setLive] = useState<Live>()
  const { isBusy, failure, run } = useDeed()
  const load = () => run(async () => setLive(await client.rest.call(getFigures, {})))
  useEffect(() => {
    load()
    const timer = setInterval(() => document.visibilityState === 'visible' && load(), LOOK_MS)
    return () => clearInterval(timer)
  }, [client])
  const number = (value: number | null) =>
    value === null ? '–' : new Intl.NumberFormat(language.value).format(value)
  const facts: readonly Fact[] = live
    ? [
        ...live.dialects.map(
          ({ name, connections }) => [t('admin.connections', { name }), number(connections)] as const,
        ),
        [t('admin.sentPerSecond'), number(live.sentPerSecond)],
        [t('admin.commits'), number(live.commits)],
        [t('admin.waitingWrites'), number(live.waitingWrites)],
        [t('admin.waitingHashes'), number(live.waitingHashes)],
        [t('admin.store'), t(live.isStoreUp ? 'admin.up' : 'admin.down')],
        [t('admin.bus'), t(live.isBusUp ? 'admin.up' : 'admin.down')],
      ]
    : []
  return (
    <section>
      <h2>{t('admin.now')}</h2>
      <Loading isBusy={isBusy && !live} failure={failure} onRetry={load} />
      <FactList facts={facts} />
    </section>
  )
}
