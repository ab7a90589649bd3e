import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BackUpFailure, type BackUpMaker, type BackUpProgress, type MadeBackUp } from '../core/chat.ts'
import { runAfter } from '../lib/timers.ts'
import type { FromChild, ToChild } from './backup/child-messages.ts'
import type { BackUpOrder } from './backup/make.ts'

/** Milliseconds for a process that was told to stop: then it is killed, as SQLite's reading of a copy cannot be stopped. */
const STOP_MS = 2_000
/** Characters that are kept of what a process says before it dies. */
const SAID = 4_000

interface BackUpLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
}

/**
 * Makes a server's back-ups in a process of their own: reading a database through takes a whole processor for as long as it
 * lasts, and pg_dump is a process anyway. Nothing of it is loaded into the server.
 */
export const backUpMaker = (order: BackUpOrder, log: BackUpLog): BackUpMaker => ({
  directory: order.directory,
  async make(how) {
    const outcome = await inProcess(order, how)
    if (outcome.is === 'failed') {
      const { fault, sentence } = outcome
      log.warn({ fault, sentence, said: outcome.said }, 'a back-up has failed')
      throw new BackUpFailure(fault, sentence)
    }
    const made = await newestIn(order.directory)
    if (!made) throw new BackUpFailure('other', `${order.directory} has no back-up any more: begin another.`)
    log.info({ directory: order.directory, ...made }, 'a back-up was made')
    return made
  },
  last: () => newestIn(order.directory),
})

interface Hearing {
  readonly signal: AbortSignal
  readonly onProgress: (progress: BackUpProgress) => void
}

type Outcome =
  | { readonly is: 'made' }
  | (Omit<Extract<FromChild, { is: 'failed' }>, 'is'> & { readonly is: 'failed'; readonly said?: string })

async function inProcess(order: BackUpOrder, { signal, onProgress }: Hearing): Promise<Outcome> {
  const child = fork(fileURLToPath(new URL('./backup/child.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Options of the server's own process, such as its memory's bound, are not this one's.
    execArgv: [],
  })
  let [said, work, outcome] = ['', undefined as string | undefined, undefined as Outcome | undefined]
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID)
  })
  child.on('message', (message: FromChild) => {
    if (message.is === 'progress') onProgress(message.progress)
    else if (message.is === 'working') work = message.directory
    else outcome = message
  })
  let killing: NodeJS.Timeout | undefined
  const stop = () => {
    tell(child, { stop: true })
    killing = runAfter(STOP_MS, () => child.kill('SIGKILL'))
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    tell(child, { order })
    if (signal.aborted) stop()
    // Its last word comes before its channel ends, and may come after its exit.
    const [[code, killedBy]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')])
    if (outcome) return outcome
    // It cannot have taken away what it had begun.
    if (work !== undefined) await rm(work, { recursive: true, force: true })
    return { is: 'failed', ...deathOf(signal.aborted, killedBy ?? code), said }
  } finally {
    signal.removeEventListener('abort', stop)
    clearTimeout(killing)
  }
}

const deathOf = (isStopped: boolean, how: string | number) =>
  isStopped
    ? ({
        fault: 'stopped',
        sentence: 'The server was stopped meanwhile: nothing was kept, begin another.',
      } as const)
    : ({
        fault: 'other',
        sentence: `The process of the back-up has ended by itself (${how}): begin another.`,
      } as const)

/** One that has died already is told nothing: its end tells itself. */
function tell(child: ReturnType<typeof fork>, message: ToChild): void {
  child.send(message, () => undefined)
}

/** Facts of the back-up in a folder, as its manifest tells them. Undefined where there is none that can be read. */
export async function newestIn(directory: string): Promise<MadeBackUp | undefined> {
  const { FILES, parseManifest } = await import('./backup/manifest.ts')
  const file = join(directory, FILES.manifest)
  try {
    const { madeAt, tookMs = null, files, uploads } = parseManifest(await readFile(file, 'utf8'), file)
    const { database, secrets, contents, certificates } = files
    return {
      madeAt: Date.parse(madeAt) * 1_000,
      tookMs,
      bytes: sum([database, secrets, contents, certificates, uploads]),
      files: uploads?.contents ?? 0,
    }
  } catch {
    // Not there yet, damaged, or not to be read: the next back-up refuses such a folder in a sentence.
    return undefined
  }
}

const sum = (parts: readonly ({ readonly bytes: number } | undefined)[]): number =>
  parts.reduce((bytes, part) => bytes + (part?.bytes ?? 0), 0)
