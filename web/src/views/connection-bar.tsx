import type { Client, ConnectionState } from '@parlance/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { timeOf } from '../lib/time.ts'
import { useObservable } from '../lib/use-observable.ts'
import { useSecondsUntil } from '../lib/use-seconds-until.ts'
import { t } from '../text/index.ts'

/** Milliseconds without a connection before somebody is told: most are back sooner. */
const PATIENCE_MS = 1_500

/** A thin bar while there is no connection: since when, what will happen, and a button that tries at once. */
export function ConnectionBar({ client }: { client: Client }) {
  const state = useObservable(client.connection)
  const isAway = state.phase === 'waiting' || state.phase === 'connecting'
  const since = useRef<string | undefined>(undefined)
  const [isShown, setShown] = useState(false)
  const slot = useRef<HTMLDivElement>(null)
  if (isAway) since.current ??= new Date().toISOString()
  // Its end comes after the effect below, which takes the focus elsewhere first.
  else if (!isShown) since.current = undefined
  useEffect(() => {
    if (!isAway) {
      if (slot.current?.contains(document.activeElement)) leaveToComposer()
      setShown(false)
      return
    }
    const timer = setTimeout(() => setShown(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isAway])
  const time = isShown && since.current ? timeOf(since.current) : undefined
  return (
    <div ref={slot} class="connection-slot" data-shown={time === undefined ? undefined : ''}>
      {/* A screen reader is told once: what counts down stands beside it. */}
      <p role="status">{time !== undefined && t('connection.offline', { time })}</p>
      {time !== undefined && <NextTry state={state} onTry={() => client.reconnect()} />}
    </div>
  )
}

/** Where the focus goes from a button that is about to vanish. */
const leaveToComposer = () => document.querySelector<HTMLElement>('.composer textarea')?.focus()

function NextTry({ state, onTry }: { state: ConnectionState; onTry: () => void }) {
  const seconds = useSecondsUntil(state.phase === 'waiting' ? state.retryAt : undefined)
  return (
    <p>
      <span class="number">
        {seconds === undefined ? t('connection.trying') : t('connection.next', { n: seconds })}
      </span>{' '}
      <button type="button" class="link" onClick={onTry}>
        {t('connection.now')}
      </button>
    </p>
  )
}
