import { ChatError } from '../../core/chat.ts'
import type { Limits } from '../../transport/index.ts'
import { requireWithinLimit } from '../rate-limit.ts'

/**
 * An attempt with a name or code that lets in whoever knows it. One that leads nowhere is counted against the address;
 * an address that has guessed wrong too often is refused 'rate_limited'.
 */
export async function counted<T>(limits: Limits, address: string, attempt: () => Promise<T>): Promise<T> {
  requireWithinLimit(limits.take('guess', address))
  let isWrong = false
  try {
    return await attempt()
  } catch (error) {
    isWrong = error instanceof ChatError && error.code === 'unknown_conversation'
    throw error
  } finally {
    if (!isWrong) limits.giveBack('guess', address)
  }
}
