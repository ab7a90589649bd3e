import { toSessionId } from '../core/chat.ts'
import { answer } from '../lib/answer.ts'
import { CommandEnd } from '../lib/command-end.ts'
import { type OperatorSettings, operate } from './endpoints.ts'
import { accountNamed } from './named.ts'

interface SessionOrder {
  readonly settings: OperatorSettings
  readonly username: string
  /** As `sessions list` shows it. */
  readonly session: string
}

/** Ends one session of an account; running servers close its connections within two seconds. Throws `CommandEnd`, `StoreRefusal`. */
export async function endSession({ settings, username, session }: SessionOrder): Promise<void> {
  await operate(settings, async ({ store, chat, clock, audit }) => {
    const noted = { act: 'sessions end', subject: `${username} ${session}` }
    await audit.record(noted, async () => {
      const { accountId } = await accountNamed(chat.accounts, username)
      const live = await store.overview.sessions(accountId, clock.nowMicros())
      if (!live.some(({ sessionId }) => sessionId === session))
        throw new CommandEnd(
          `${username} has no session ${JSON.stringify(session)}: parlance sessions list ${username} shows them.`,
        )
      await chat.sessions.end(accountId, toSessionId(session))
    })
    await answer(
      `The session ${session} of ${username} has ended: running servers close its connections within two seconds.\n`,
    )
  })
}
