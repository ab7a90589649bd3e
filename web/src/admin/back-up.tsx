import type { Client, Operations } from '@parlance/client'
import { getBackUp, startBackUp } from '@parlance/client/operations'
import { useEffect, useState } from 'preact/hooks'
import { useDeed } from '../lib/busy.ts'
import { sizeText } from '../lib/size.ts'
import { datedTimeOf, durationText } from '../lib/time.ts'
import { count, t } from '../text/index.ts'
import { Loading } from '../views/loading.tsx'
import { BackUpProgress } from './back-up-progress.tsx'

type State = Operations['getBackUp']['answer']

/** How often it is asked how far one is, and whether there is one, in milliseconds. */
const RUNNING_MS = 1_000
const RESTING_MS = 10_000

/** The newest back-up, how far one is that runs, and the way to one. */
export function BackUp({ client, onActed }: { client: Client; onActed: () => void }) {
  const [state, setState] = useState<State>()
  const { isBusy, failure, run } = useDeed()
  const load = () => run(async () => setState(await client.rest.call(getBackUp, {})))
  const isRunning = state?.running != null
  useEffect(() => {
    load()
  }, [client])
  useEffect(() => {
    const everyMs = isRunning ? RUNNING_MS : RESTING_MS
    const timer = setInterval(() => document.visibilityState === 'visible' && load(), everyMs)
    // Its beginning and its end are in the audit log.
    if (state) onActed()
    return () => clearInterval(timer)
  }, [client, isRunning])
  const start = () => run(async () => setState(await client.rest.call(startBackUp, {})))
  return (
    <section>
      <h2>{t('admin.backUp')}</h2>
      <Loading isBusy={isBusy && !state} failure={failure} onRetry={load} />
      {state && <Told state={state} />}
      {state && state.directory !== null && (
        <button type="button" disabled={isRunning} onClick={start}>
          {t('admin.backUpNow')}
        </button>
      )}
    </section>
  )
}

function Told({ state: { directory, running, last, failed } }: { state: State }) {
  return (
    <>
      <div class="told" role="status">
        <p>{last ? t('admin.backUpLast', { time: datedTimeOf(last.at) }) : t('admin.backUpNone')}</p>
        {last && <p class="quiet">{factsOf(last)}</p>}
        <p class="quiet">
          {directory === null ? t('admin.backUpNowhere') : t('admin.backUpGoes', { directory })}
        </p>
      </div>
      {running && <BackUpProgress running={running} />}
      {failed && !running && (
        <div class="told" role="alert">
          <p class="failure">{failureText(failed)}</p>
          <p class="quiet" lang="en">
            {failed.detail}
          </p>
        </div>
      )}
    </>
  )
}

function factsOf({ bytes, files, tookMs }: NonNullable<State['last']>): string {
  const all = [
    sizeText(bytes),
    count(files, { one: 'admin.files.one', other: 'admin.files.other' }),
    ...(tookMs === null ? [] : [t('admin.took', { time: durationText(tookMs) })]),
  ]
  return all.join(' · ')
}

function failureText({ at, reason }: NonNullable<State['failed']>): string {
  const time = datedTimeOf(at)
  switch (reason) {
    case 'no_room':
      return t('admin.backUpFailed.noRoom', { time })
    case 'not_writable':
      return t('admin.backUpFailed.notWritable', { time })
    case 'no_tool':
      return t('admin.backUpFailed.noTool', { time })
    case 'stopped':
      return t('admin.backUpFailed.stopped', { time })
    default:
      return t('admin.backUpFailed.other', { time })
  }
}
