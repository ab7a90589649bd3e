import type { Static, TSchema } from 'typebox'
import { OwnAccount, Person } from '../account.ts'
import { Listing, Membership, ReadState } from '../conversation.ts'
import { AccountId, ConversationId, Position, Seq } from '../ids.ts'
import { OwnReactions } from '../message.ts'
import { growing, nullable } from '../shapes.ts'
import { Type } from '../type.ts'

const gone = Type.Boolean({ title: 'Whether it has ended' })
const withAccount = growing({ id: AccountId, account: nullable(Person), gone })

/** The data of each type of news of the account's own state: always as it is now. */
export const ACCOUNT_NEWS = {
  'read.moved': growing({ conversation: ConversationId, ...ReadState.properties }),
  joined: growing({ listing: Listing }),
  left: growing({ conversation: ConversationId }),
  'settings.changed': growing({
    conversation: nullable(ConversationId),
    me: nullable(Membership),
    can: nullable(Type.Array(Type.String())),
    settings: nullable(Type.Record(Type.String(), Type.Unknown())),
  }),
  mentioned: growing({ conversation: ConversationId, seq: Seq, gone }),
  'contact.changed': withAccount,
  blocked: withAccount,
  'profile.changed': growing({ account: OwnAccount }),
} as const

export type AccountNewsType = keyof typeof ACCOUNT_NEWS
export type AccountNewsItem = {
  [Type in AccountNewsType]: {
    readonly cursor: number
    readonly type: Type
    readonly data: Static<(typeof ACCOUNT_NEWS)[Type]>
  }
}[AccountNewsType]

const AccountNumber = Type.Integer({ minimum: 1, title: "The account's number of it" })
const variants = Object.entries(ACCOUNT_NEWS) as readonly (readonly [string, TSchema])[]

export const AccountNews = Type.Union(
  variants.map(([type, data]) =>
    growing({ op: Type.Literal('account'), cursor: AccountNumber, type: Type.Literal(type), data }),
  ),
)

/** By conversation, one's own reactions to the last message of its listing. */
export const OwnOfListings = Type.Record(Type.String({ pattern: '^c_[1-9][0-9]*$' }), OwnReactions)

export const State = growing({
  op: Type.Literal('state'),
  cursor: Position,
  items: Type.Array(
    Type.Union(
      variants.map(([type, data]) => growing({ cursor: AccountNumber, type: Type.Literal(type), data })),
    ),
    { maxItems: 500 },
  ),
  own: OwnOfListings,
  done: Type.Boolean(),
})

export type OwnOfListings = Static<typeof OwnOfListings>
