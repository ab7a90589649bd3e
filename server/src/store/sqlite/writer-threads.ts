import { once } from 'node:events'
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'

/** The thread of a store that was closed. It waits for the process's next store: a start takes ten times an opening. */
let idle: Worker | undefined

/** A thread that has no store. It keeps the process from ending until it is given back. */
export function takeThread(): Worker {
  const thread = idle
  if (!thread) return startThread()
  idle = undefined
  letGo(thread)
  thread.ref()
  return thread
}

/** Takes a thread back whose store is closed. The process may end with it. */
export async function giveBackThread(thread: Worker): Promise<void> {
  letGo(thread)
  if (idle) {
    const ended = once(thread, 'exit')
    await thread.terminate()
    await ended
    return
  }
  idle = thread
  thread.unref()
  thread.on('error', forget).on('exit', forget)
}

/** All listeners would be too many: some are Node's own. */
function letGo(thread: Worker): void {
  for (const event of ['message', 'error', 'exit']) thread.removeAllListeners(event)
}

function forget(): void {
  idle = undefined
}

function startThread(): Worker {
  // The last part of Node's path is its version, which Node adds again.
  const ours = getCompileCacheDir()
  const compileCache = ours === undefined ? undefined : dirname(ours)
  return new Worker(new URL('./writer-thread.js', import.meta.url), { workerData: { compileCache } })
}
