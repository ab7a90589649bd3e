import { answer } from '../lib/answer.ts'
import { CommandEnd } from '../lib/command-end.ts'
import { type OperatorSettings, operate } from './endpoints.ts'
import { conversationNamed } from './named.ts'

interface RemovalOrder {
  readonly settings: OperatorSettings
  /** Its id, its gid, or the name of an open one. */
  readonly name: string
  /** Whether the operator has said that it is to be. */
  readonly isSure: boolean
}

/** Has a server delete a conversation for good, with all that was said there. Throws `CommandEnd`, `StoreRefusal`. */
export async function deleteConversation({ settings, name, isSure }: RemovalOrder): Promise<void> {
  await operate(settings, async ({ audit, store, chat }) => {
    const { conversationId, kind } = await conversationNamed(chat.conversations, name)
    if (kind === 'private')
      throw new CommandEnd(
        `Conversation ${conversationId} is private, and stays its pair's: parlance conversations purge ${conversationId} --keep-days 0 takes all that was said there.`,
      )
    const [shown] = await store.overview.conversations({ after: conversationId - 1, limit: 1 })
    if (shown?.conversationId !== conversationId)
      throw new CommandEnd(`There is no conversation ${JSON.stringify(name)} any more.`)
    const told = `conversation ${conversationId}${shown.name === null ? '' : ` (${JSON.stringify(shown.name)})`}`
    const lost = `${counted(shown.members, 'member')} and ${counted(shown.messages, 'message')}`
    if (!isSure)
      throw new CommandEnd(`Nothing was done. To delete ${told} for good, with ${lost}, add --yes.`)
    await audit.record({ act: 'conversations delete', subject: told }, () =>
      chat.conversationRemovals.wish(conversationId),
    )
    await answer(
      `A running server deletes ${told} within seconds, or the next one that starts: its members go, then its messages and their files.\n`,
    )
  })
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
