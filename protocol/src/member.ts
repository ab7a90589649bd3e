import type { Static } from 'typebox'
import { Person } from './account.ts'
import { Role } from './conversation.ts'
import { AccountId, ConversationId, InviteId, Time } from './ids.ts'
import { closed, growing } from './shapes.ts'
import { Type } from './type.ts'

export const Member = growing({ account: Person, role: Role, joinedAt: Time }, 'A member')

export const MemberChange = closed({
  role: Type.Optional(Role),
})

/** An invite as those see it who may invite. */
export const Invite = growing(
  {
    id: InviteId,
    conversation: ConversationId,
    maker: AccountId,
    createdAt: Time,
    expiresAt: Time,
    maxUses: Type.Integer({ minimum: 1 }),
    uses: Type.Integer({ minimum: 0 }),
  },
  'An invite',
)

/** Seconds and uses. */
export const INVITE_BOUNDS = {
  expiresIn: { least: 60, most: 365 * 24 * 3600, default: 7 * 24 * 3600 },
  maxUses: { least: 1, most: 10_000, default: 100 },
} as const

const { expiresIn, maxUses } = INVITE_BOUNDS

export const NewInvite = closed({
  expiresIn: Type.Optional(
    Type.Integer({
      minimum: expiresIn.least,
      maximum: expiresIn.most,
      default: expiresIn.default,
      title: 'Seconds',
    }),
  ),
  maxUses: Type.Optional(
    Type.Integer({ minimum: maxUses.least, maximum: maxUses.most, default: maxUses.default }),
  ),
})

export const MadeInvite = growing({
  ...Invite.properties,
  code: Type.String({ title: 'Told once: whoever has it may join' }),
})

export const InviteCode = Type.String({ minLength: 1, maxLength: 100, title: "An invite's code" })

export type Member = Static<typeof Member>
export type Invite = Static<typeof Invite>
export type MadeInvite = Static<typeof MadeInvite>
