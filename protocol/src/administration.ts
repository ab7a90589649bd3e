import type { Static } from 'typebox'
import { Person } from './account.ts'
import { ConversationId, SessionId, Time } from './ids.ts'
import { growing, nullable } from './shapes.ts'
import { Type } from './type.ts'

const Count = Type.Integer({ minimum: 0 })

/** `removed` is an account that was deleted; a guest is one without a password. */
export const AccountStatus = Type.Enum(['active', 'guest', 'disabled', 'removed'])

export const AdministeredAccount = growing(
  {
    ...Person.properties,
    email: nullable(Type.String()),
    status: AccountStatus,
    isAdmin: Type.Boolean(),
    createdAt: Time,
    lastSeenAt: Time,
  },
  'An account, to an administrator',
)

const AdministeredSession = growing(
  {
    id: SessionId,
    dialect: Type.String(),
    device: nullable(Type.String()),
    address: nullable(Type.String({ title: 'The network that it was opened from' })),
    createdAt: Time,
    lastUsedAt: Time,
    expiresAt: Time,
  },
  'A log-in of any dialect',
)

export const AdministeredAccountDetails = growing({
  ...AdministeredAccount.properties,
  conversations: Count,
  contacts: Count,
  messages: Type.Integer({
    minimum: 0,
    title: 'Messages by the account that are there, deleted ones left out',
  }),
  files: Count,
  fileBytes: Count,
  sessions: Type.Array(AdministeredSession),
})

export const AdministeredConversation = growing(
  {
    id: ConversationId,
    kind: Type.Enum(['private', 'group', 'open']),
    name: nullable(Type.String()),
    members: Count,
    messages: Type.Integer({ minimum: 0, title: 'Messages that were ever sent there, deleted ones too' }),
    createdAt: Time,
    activityAt: Time,
  },
  'A conversation, to an administrator',
)

export const AuditedAct = growing(
  {
    number: Type.Integer({ minimum: 1 }),
    at: Time,
    actor: Type.String({ title: 'The account, or the user of the machine, that has done it' }),
    origin: Type.String({ title: 'Where it was done' }),
    act: Type.String(),
    subject: Type.String(),
    outcome: nullable(
      Type.String({ title: '`done`, or why it was refused; null while it runs, or where nobody knows' }),
    ),
    endedAt: nullable(Time),
  },
  'An act of an administrator or an operator',
)

const BackUpRunning = growing({
  startedAt: Time,
  step: Type.Enum(['database', 'check', 'files'], {
    title: 'The database is copied, the copy is read through, then files are copied',
  }),
  done: Type.Integer({ minimum: 0, title: 'Bytes of the database, or files' }),
  total: nullable(Type.Integer({ minimum: 0, title: 'Null where nobody knows it' })),
})

const BackUpMade = growing({
  at: Time,
  tookMs: nullable(
    Type.Integer({ minimum: 0, title: 'Milliseconds; null where an older version has made it' }),
  ),
  bytes: Count,
  files: Count,
})

const BackUpFailed = growing({
  at: Time,
  // Not an enum: clients must expect reasons that later versions add.
  reason: Type.String({ examples: ['no_room', 'not_writable', 'no_tool', 'stopped', 'other'] }),
  detail: Type.String({ title: 'One sentence, which says what to do' }),
})

export const BackUp = growing(
  {
    directory: nullable(Type.String({ title: 'Where they go (BACKUP_DIR); null where no place is set' })),
    running: nullable(BackUpRunning),
    last: nullable(BackUpMade),
    failed: nullable(BackUpFailed),
  },
  'The back-up that runs, the newest that is whole, and the last one, if it has failed',
)

const DialectFigures = growing({
  name: Type.String(),
  connections: Count,
  sent: Count,
  delivered: Type.Integer({ minimum: 0, title: 'Events told to connections, one for each' }),
})

/** Counters begin with the start of the process that answers. */
export const Figures = growing(
  {
    at: Time,
    startedAt: Time,
    dialects: Type.Array(DialectFigures),
    sentPerSecond: nullable(
      Type.Integer({ minimum: 0, title: 'Since the last time that somebody asked; null where nobody has' }),
    ),
    commits: Count,
    writes: Type.Integer({ minimum: 0, title: 'Writes that these commits have stored' }),
    waitingWrites: Count,
    waitingHashes: Type.Integer({ minimum: 0, title: 'Passwords that wait to be hashed' }),
    isStoreUp: Type.Boolean(),
    isBusUp: Type.Boolean({ title: 'Whether news reaches the other nodes; true where there are none' }),
  },
  'Live figures of one node',
)

export const Totals = growing(
  {
    accounts: growing({ active: Count, guest: Count, disabled: Count, removed: Count }),
    conversations: growing({ private: Count, group: Count, open: Count }),
    messages: Count,
    sessions: Count,
    files: Count,
    fileBytes: Count,
    databaseBytes: Count,
  },
  'Everything that there is, counted',
)

export type AdministeredAccount = Static<typeof AdministeredAccount>
export type AdministeredAccountDetails = Static<typeof AdministeredAccountDetails>
export type AdministeredConversation = Static<typeof AdministeredConversation>
export type AuditedAct = Static<typeof AuditedAct>
export type BackUp = Static<typeof BackUp>
export type Figures = Static<typeof Figures>
