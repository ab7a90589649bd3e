import type { Client } from '@parlance/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { timeOf } from '../lib/time.ts'
import { useObservable } from '../lib/use-observable.ts'
import { t } from '../text/index.ts'

/** Milliseconds without a connection before somebody is told: most are back sooner. */
const PATIENCE_MS = 1_500

/** A thin bar while there is no connection: since when, and what will happen. */
export function ConnectionBar({ client }: { client: Client }) {
  const { phase } = useObservable(client.connection)
  const isAway = phase === 'waiting' || phase === 'connecting'
  const since = useRef<string | undefined>(undefined)
  const [isShown, setShown] = useState(false)
  if (!isAway) since.current = undefined
  else since.current ??= new Date().toISOString()
  useEffect(() => {
    if (!isAway) {
      setShown(false)
      return
    }
    const timer = setTimeout(() => setShown(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isAway])
  return (
    <div role="status" class="connection-slot">
      {isShown && since.current && (
        <p class="connection-bar">{t('connection.offline', { time: timeOf(since.current) })}</p>
      )}
    </div>
  )
}
