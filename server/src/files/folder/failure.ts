import { ChatError } from '../../core/errors.ts'

/** Runs a step of the file system. Its failure, such as a full disk, is the core's 'unavailable'. */
export async function onDisk<Result>(step: () => Promise<Result>): Promise<Result> {
  try {
    return await step()
  } catch (error) {
    throw unavailable(error)
  }
}

/** As `onDisk`; undefined where there is no such file. */
export async function ifThere<Result>(step: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await step()
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw unavailable(error)
  }
}

export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/** The core's refusal for a failure of the file system; any other error as it is. */
export const unavailable = (cause: unknown): unknown =>
  cause instanceof Error && 'code' in cause && !(cause instanceof ChatError)
    ? new ChatError('unavailable', {}, { cause })
    : cause
