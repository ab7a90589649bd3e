import { ChatError } from '../../core/chat.ts'

/** Takes that one refusal for success: what was asked for is so already. */
export async function unless(code: ChatError['code'], work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof ChatError && error.code === code)) throw error
  }
}
