import { CommandEnd } from './command-end.ts'

/**
 * Writes a command's answer to standard output, and resolves when that has taken it. Throws `CommandEnd` where the
 * answer cannot be written: the user must not take the silence for success.
 */
export async function answer(text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  try {
    await promise
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new CommandEnd(`The answer could not be written to standard output (${code}).`, { cause: error })
  }
}

/**
 * From now on an output that is full or closed does not end the process by itself. Code that must know awaits its
 * write; progress that nobody can see stops nothing.
 */
export function outliveOutputs(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}
