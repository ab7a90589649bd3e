import { CommandEnd } from './command-end.ts'

/** The system's error about a file, as a sentence; any other error as it is. */
export function fileRefusal(error: unknown, file: string, verb: 'read' | 'written'): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!/^E[A-Z]+$/.test(code)) return error
  return new CommandEnd(`${file} cannot be ${verb} (${code}): correct that, or name another file.`, {
    cause: error,
  })
}
