import { setPriority } from 'node:os'
import { CommandEnd } from '../../lib/command-end.ts'
import { onInterruption } from '../../lib/interruption.ts'
import type { FromChild, ToChild } from './child-messages.ts'
import { faultOf } from './fault.ts'
import { type BackUpOrder, makeBackUp } from './make.ts'
import type { ToolEnvironment } from './postgres-tool.ts'
import type { Step, Steps } from './steps.ts'

const STOPPED =
  'The back-up was stopped, because the server that made it was: nothing was kept of it, begin another.'
/** Milliseconds between two words on how far it is. */
const EVERY_MS = 250
/** The server goes first: a back-up may take longer, and a message may not. */
const NICE = 10

/** Makes the back-up that the parent process orders, tells it how far that is, and ends this process. */
export async function serveOrder(environment: ToolEnvironment): Promise<void> {
  yieldToServer()
  const stop = new AbortController()
  using interruption = onInterruption(STOPPED)
  const signal = AbortSignal.any([stop.signal, interruption.signal])
  const abort = () => stop.abort(new CommandEnd(STOPPED))
  // A server that is gone can be told nothing, and the next one begins anew.
  process.once('disconnect', abort)
  const { promise: ordered, resolve } = Promise.withResolvers<BackUpOrder>()
  process.on('message', (message: ToChild) => {
    if ('order' in message) resolve(message.order)
    else abort()
  })
  const order = await ordered
  await say(await outcomeOf(order, environment, signal))
  // SQLite may still be copying what nobody wants any more.
  process.exit()
}

/** A sandbox may forbid it (systemd's `SystemCallFilter=~@resources`): then both have the same turn. */
function yieldToServer(): void {
  try {
    setPriority(NICE)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
  }
}

async function outcomeOf(
  order: BackUpOrder,
  environment: ToolEnvironment,
  signal: AbortSignal,
): Promise<FromChild> {
  const onWork = (directory: string) => {
    say({ is: 'working', directory })
  }
  try {
    await makeBackUp(order, { environment, steps: stepsForServer, signal, onWork })
    return { is: 'made' }
  } catch (error) {
    const isStopped = signal.aborted && error === signal.reason
    const sentence = error instanceof Error ? error.message : String(error)
    return { is: 'failed', fault: isStopped ? 'stopped' : faultOf(error), sentence }
  }
}

/** Resolves when it was said, or nobody hears it any more. */
function say(message: FromChild): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (process.connected) process.send?.(message, undefined, {}, () => resolve())
  else resolve()
  return promise
}

/** Tells the server of the beginning and the end of each step, and between them some times a second. */
const stepsForServer: Steps = {
  begin(step: Step, total: number | null) {
    let done = 0
    let toldAt = 0
    const tell = () => {
      toldAt = performance.now()
      say({ is: 'progress', progress: { step, done, total } })
    }
    tell()
    return {
      advance(units) {
        done += units
        if (performance.now() - toldAt >= EVERY_MS) tell()
      },
      end: tell,
    }
  },
}
