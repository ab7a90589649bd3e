import type { Environment } from '../config/index.ts'
import { runEvery } from '../lib/timers.ts'

/** How often it is looked whether the shell is still there. */
const WATCH_MS = 250

/**
 * Under npm, ends with the shell that npm runs us in: SIGTERM npm passes on to that shell, which may end of it without
 * a word to us (dash does). We are then sent it as well. Ctrl-C reaches us without that: a terminal tells all of us.
 */
export function endWithNpmShell({ npm_lifecycle_event }: Environment): void {
  if (npm_lifecycle_event === undefined) return
  const shell = process.ppid
  const watching = runEvery(WATCH_MS, () => {
    if (process.ppid === shell) return
    clearInterval(watching)
    process.kill(process.pid, 'SIGTERM')
  }).unref()
}
