/** Ends a command before its work is done. The message is one sentence for the operator. */
export class CommandEnd extends Error {
  override readonly name = 'CommandEnd'
  /** The exit code of the process. */
  readonly exitCode: number

  constructor(message: string, { exitCode = 1, ...options }: ErrorOptions & { exitCode?: number } = {}) {
    super(message, options)
    this.exitCode = exitCode
  }
}
