import { CommandEnd } from '../lib/command-end.ts'
import {
  type AccountOverview,
  type AccountStatus,
  type ConversationOverview,
  type OperatorSettings,
  operate,
} from './endpoints.ts'
import { accountNamed, conversationNamed } from './named.ts'
import { printFacts, printRows, rowsOf, when } from './rows.ts'

/** The database to look into, and whether to print JSON. */
interface Asked {
  readonly settings: OperatorSettings
  readonly asJson: boolean
}

const STATUSES: readonly string[] = ['active', 'guest', 'disabled', 'removed'] satisfies AccountStatus[]

/** Accounts by their ids, all or those of one status. Throws `CommandEnd`, `StoreRefusal`, as all of these do. */
export async function listAccounts({
  settings,
  asJson,
  status,
}: Asked & { readonly status?: string | undefined }): Promise<void> {
  if (status !== undefined && !STATUSES.includes(status))
    throw new CommandEnd(`--status is one of ${STATUSES.join(', ')}.`)
  await operate(settings, async ({ store: { overview } }) => {
    const rows = rowsOf({
      read: (page) => overview.accounts(page),
      idOf: ({ accountId }) => accountId,
      rowOf: (account) =>
        status === undefined || account.status === status ? accountRow(account) : undefined,
    })
    await printRows(rows, { asJson, nothing: 'There is no such account.' })
  })
}

export async function showAccount({
  settings,
  asJson,
  username,
}: Asked & { readonly username: string }): Promise<void> {
  await operate(settings, async ({ store: { overview }, chat, clock }) => {
    const { accountId } = await accountNamed(chat.accounts, username)
    const [shown] = await overview.accounts({ after: accountId - 1, limit: 1 })
    if (!shown) throw new CommandEnd(`There is no account ${JSON.stringify(username)} any more.`)
    const belongings = await overview.belongings(accountId, clock.nowMicros())
    await printFacts({ ...accountRow(shown), ...belongings }, asJson)
  })
}

export async function listConversations({ settings, asJson }: Asked): Promise<void> {
  await operate(settings, async ({ store: { overview } }) => {
    const rows = rowsOf({
      read: (page) => overview.conversations(page),
      idOf: ({ conversationId }) => conversationId,
      rowOf: conversationRow,
    })
    await printRows(rows, { asJson, nothing: 'There is no conversation yet.' })
  })
}

/** A conversation by its id, gid, or name if it is an open one. */
export async function showConversation({
  settings,
  asJson,
  name,
}: Asked & { readonly name: string }): Promise<void> {
  await operate(settings, async ({ store: { overview }, chat }) => {
    const { conversationId, topic, isListed, creatorId } = await conversationNamed(chat.conversations, name)
    const [shown] = await overview.conversations({ after: conversationId - 1, limit: 1 })
    if (!shown) throw new CommandEnd(`There is no conversation ${JSON.stringify(name)} any more.`)
    const creator = (await chat.accounts.find(creatorId))?.username ?? null
    await printFacts({ ...conversationRow(shown), topic, isListed, creator }, asJson)
  })
}

export async function listMembers({
  settings,
  asJson,
  name,
}: Asked & { readonly name: string }): Promise<void> {
  await operate(settings, async ({ store: { members }, chat }) => {
    const { conversationId } = await conversationNamed(chat.conversations, name)
    const rows = rowsOf({
      read: (page) => members.page(conversationId, page),
      idOf: ({ accountId }) => accountId,
      rowOf: ({ accountId: account, username, role, joinedAt }) => ({
        ...{ account, username, role, joined: when(joinedAt) },
      }),
    })
    await printRows(rows, { asJson, nothing: 'It has no members.' })
  })
}

export async function listSessions({
  settings,
  asJson,
  username,
}: Asked & { readonly username: string }): Promise<void> {
  await operate(settings, async ({ store: { overview }, chat, clock }) => {
    const { accountId } = await accountNamed(chat.accounts, username)
    const sessions = await overview.sessions(accountId, clock.nowMicros())
    const rows = sessions.map(({ sessionId, kind, device, address, createdAt, lastUsedAt, expiresAt }) => ({
      ...{ session: sessionId, dialect: kind, device, address },
      ...{ created: when(createdAt), lastUsed: when(lastUsedAt), expires: when(expiresAt) },
    }))
    await printRows([rows], { asJson, nothing: `${username} is logged in nowhere.` })
  })
}

/** How much there is of everything. */
export async function showTotals({ settings, asJson }: Asked): Promise<void> {
  await operate(settings, async ({ store: { overview }, clock }) => {
    const { accounts, conversations, ...rest } = await overview.totals(clock.nowMicros())
    await printFacts(
      {
        ...{ activeAccounts: accounts.active, guests: accounts.guest },
        ...{ disabledAccounts: accounts.disabled, removedAccounts: accounts.removed },
        ...{ privateConversations: conversations.private, groups: conversations.group },
        ...{ openConversations: conversations.open, ...rest },
      },
      asJson,
    )
  })
}

/** The newest acts of operators. */
export async function listActs({
  settings,
  asJson,
  limit,
}: Asked & { readonly limit: number }): Promise<void> {
  await operate(settings, async ({ store: { audit } }) => {
    const acts = await audit.list({ before: Number.POSITIVE_INFINITY, limit })
    const rows = acts.map(({ number, at, actor, origin, act, subject, outcome }) => ({
      ...{ number, at: when(at), actor, origin, act, subject, outcome: outcome ?? 'unknown: it did not end' },
    }))
    await printRows([rows], { asJson, nothing: 'No operator has done anything yet.' })
  })
}

const accountRow = ({ accountId: id, isAdmin: admin, createdAt, lastSeenAt, ...facts }: AccountOverview) => ({
  ...{ id, ...facts, admin, created: when(createdAt), lastSeen: when(lastSeenAt) },
})

const conversationRow = ({ conversationId: id, createdAt, activityAt, ...facts }: ConversationOverview) => ({
  ...{ id, ...facts, created: when(createdAt), lastActivity: when(activityAt) },
})
