import { ChatError } from '../../core/chat.ts'
import { refusalFor } from './errors.ts'
import { invalid } from './refusal.ts'

/** Names another field of the request in a refusal of one field: the core does not know how a request calls it. */
export async function inField<T>(pointer: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const [fault] = error instanceof ChatError ? (refusalFor(error)?.faults ?? []) : []
    if (fault) throw invalid({ ...fault, pointer })
    throw error
  }
}
