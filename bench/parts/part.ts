import { join } from 'node:path'
import { nodeCommand } from '../measure/node-command.ts'
import { spawnPinned } from '../measure/process.ts'

/** The orders that a part obeys, by name. Arguments and answers must fit into messages between processes. */
type Orders = Readonly<Record<string, (argument: never) => Promise<unknown>>>

/** A part of Parlance in a process of its own on the server's core, so that its processor time is told apart. */
export interface Part<O extends Orders> {
  readonly pid: number
  /** One order at a time. Rejects when the part fails, or ends. */
  tell<Name extends keyof O & string>(
    name: Name,
    argument: Parameters<O[Name]>[0],
  ): Promise<Awaited<ReturnType<O[Name]>>>
  stop(): Promise<void>
}

type Reply = { readonly answer: unknown } | { readonly failure: string }

/** Starts the program of that name in this folder, which calls `obey`. */
export async function startPart<O extends Orders>(
  program: string,
  env: Readonly<Record<string, string>>,
): Promise<Part<O>> {
  const command = nodeCommand(join(import.meta.dirname, program))
  const { child, output, stop } = spawnPinned(command, { env, hasChannel: true })
  const replied = () =>
    new Promise<Reply>((resolve, reject) => {
      const onExit = () => reject(new Error(`${program} has ended: ${output()}`))
      child.once('exit', onExit)
      child.once('message', (reply: Reply) => {
        child.off('exit', onExit)
        resolve(reply)
      })
    })
  await replied()
  return {
    pid: child.pid ?? 0,
    tell: async (name, argument) => {
      child.send({ name, argument })
      const reply = await replied()
      if ('failure' in reply) throw new Error(`${program} could not ${name}: ${reply.failure}`)
      return reply.answer as never
    },
    stop,
  }
}

/** In the part's own process: says that it is there, then does as it is told until it is stopped. */
export function obey(orders: Orders, close: () => Promise<void>): void {
  process.on('message', async ({ name, argument }: { name: string; argument: never }) => {
    const reply = await Promise.try(orders[name] ?? unknownOrder, argument).then(
      (answer) => ({ answer }),
      (error: unknown) => ({
        failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
    )
    process.send?.(reply)
  })
  const end = () => void close().finally(() => process.exit(0))
  process.once('SIGTERM', end)
  process.once('disconnect', end)
  process.send?.({ answer: 'ready' })
}

const unknownOrder = (): Promise<never> => Promise.reject(new Error('there is no such order'))
