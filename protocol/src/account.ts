import type { Static } from 'typebox'
import { AccountId, SessionId, Time } from './ids.ts'
import { closed, growing, nullable } from './shapes.ts'
import { Type } from './type.ts'

const Username = Type.String({ minLength: 1, maxLength: 200 })
const DisplayName = Type.String({ minLength: 1, maxLength: 200 })
const Email = Type.String({ minLength: 3, maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' })
const Bio = Type.String({ maxLength: 1_000 })
/** A new password is no longer than this: more would cost the server much and guard nothing. */
const NewPassword = Type.String({ minLength: 8, maxLength: 1_024 })
/** One that an older dialect set may be shorter. */
export const Password = Type.String({ minLength: 1, maxLength: 1_024 })

/** An account as everybody sees it. */
export const Account = growing(
  {
    id: AccountId,
    username: Type.String(),
    displayName: Type.String(),
    bio: nullable(Type.String()),
    isGuest: Type.Boolean(),
    isBot: Type.Boolean(),
  },
  'An account',
)

/** An account as it sees itself. */
export const OwnAccount = growing(
  {
    ...Account.properties,
    email: nullable(Type.String()),
    emailConfirmed: Type.Boolean(),
    settings: Type.Record(Type.String(), Type.Unknown(), { title: "The client's own" }),
    createdAt: Time,
    isAdmin: Type.Optional(
      Type.Boolean({ title: 'Whether it administers the server; not told by servers below level 6' }),
    ),
  },
  'Your account',
)

/** The few fields of an account that stand beside messages and listings. */
export const Person = growing(
  { id: AccountId, username: Type.String(), displayName: Type.String() },
  'A person',
)

const device = Type.String({ minLength: 1, maxLength: 200, title: 'How the session is to be named in lists' })
const cookie = Type.Boolean({ title: 'Whether a browser gets a cookie, and no token in the body' })

export const NewAccount = closed({
  username: Username,
  password: NewPassword,
  displayName: Type.Optional(DisplayName),
  email: Type.Optional(Email),
  cookie: Type.Optional(cookie),
})

export const LogIn = closed({
  login: Type.String({ minLength: 1, maxLength: 254, title: 'The username, or the e-mail address' }),
  password: Password,
  device: Type.Optional(device),
  cookie: Type.Optional(cookie),
})

export const SignedIn = growing({
  account: OwnAccount,
  session: growing({
    id: SessionId,
    token: Type.Optional(Type.String({ title: 'Told once; absent where a cookie carries it' })),
    expiresAt: Time,
  }),
})

export const Session = growing(
  {
    id: SessionId,
    device: nullable(Type.String()),
    address: nullable(Type.String({ title: 'The network that it was opened from' })),
    createdAt: Time,
    lastUsedAt: Time,
    expiresAt: Time,
    isCurrent: Type.Boolean(),
  },
  'A log-in',
)

export const ProfileChange = closed({
  displayName: Type.Optional(nullable(DisplayName)),
  bio: Type.Optional(nullable(Bio)),
  email: Type.Optional(nullable(Email)),
  settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})

export const PasswordChange = closed({ current: Password, next: NewPassword })

export const AccountRemoval = closed({
  password: Password,
  messages: Type.Optional(Type.Enum(['keep', 'delete'], { default: 'keep' })),
})

export type Account = Static<typeof Account>
export type OwnAccount = Static<typeof OwnAccount>
export type Person = Static<typeof Person>
export type Session = Static<typeof Session>
export type SignedIn = Static<typeof SignedIn>
