import { toInviteId } from '../core/chat.ts'
import { answer } from '../lib/answer.ts'
import { CommandEnd } from '../lib/command-end.ts'
import { type OperatorSettings, operate } from './endpoints.ts'
import { printRows, rowsOf, when } from './rows.ts'

interface InvitesAsked {
  readonly settings: OperatorSettings
  readonly asJson: boolean
}

/** The invites of all conversations, by their ids. Throws `CommandEnd`, `StoreRefusal`. */
export async function listInvites({ settings, asJson }: InvitesAsked): Promise<void> {
  await operate(settings, async ({ store: { overview }, clock }) => {
    const now = clock.nowMicros()
    const rows = rowsOf({
      read: (page) => overview.invites(page),
      idOf: ({ inviteId }) => inviteId,
      rowOf: ({ inviteId: invite, conversationId, name, maker, uses, maxUses, createdAt, expiresAt }) => ({
        ...{ invite, conversation: conversationId, name, maker, uses, maxUses },
        ...{ created: when(createdAt), expires: when(expiresAt), live: expiresAt > now && uses < maxUses },
      }),
    })
    await printRows(rows, { asJson, nothing: 'There is no invite.' })
  })
}

interface EndOrder {
  readonly settings: OperatorSettings
  /** As `invites` shows it: 3, or `i_3` as native has it. */
  readonly invite: string
}

/** Ends an invite: its link lets nobody in any more. Throws `CommandEnd`, `StoreRefusal`. */
export async function endInvite({ settings, invite }: EndOrder): Promise<void> {
  await operate(settings, async ({ audit, chat }) => {
    await audit.record({ act: 'invites end', subject: invite }, async () => {
      const digits = /^(?:i_)?([1-9]\d{0,14})$/.exec(invite)?.[1]
      const wasThere = digits !== undefined && (await chat.invites.end(toInviteId(Number(digits))))
      if (!wasThere)
        throw new CommandEnd(`There is no invite ${JSON.stringify(invite)}: parlance invites shows them.`)
    })
    await answer(`The invite ${invite} has ended: its link lets nobody in any more.\n`)
  })
}
