import { type Account, ChatError, type Conversation, type Member, type Standing } from '../../core/chat.ts'
import {
  alreadyInTheGroup,
  groupNotFound,
  groupNotFoundSpaced,
  groupNotJoin,
  joinError,
  leaveError,
  nameNotFound,
} from './errors.ts'
import { type Fields, parseArgument } from './fields.ts'
import { addressOf, type Context, hasCode, type Reply, reply } from './request.ts'
import { accountOf, boundAccount } from './requester.ts'
import { enteredGroup, joinSuccess, leaveSuccess, userVisited, type WireAnswer } from './wire.ts'

/** Messages of a history, unread and read together. */
const HISTORY_LIMIT = 100

interface GroupRequest {
  readonly account: Account
  readonly conversation: Conversation
  readonly fields: Fields
}

/** A request about a group that exists, and what it answers when one of its facts does not hold. */
interface GroupRow<Result> {
  readonly unknownUser: WireAnswer
  readonly unknownGroup: readonly WireAnswer[]
  readonly notMember: readonly WireAnswer[]
  readonly run: (request: GroupRequest, context: Context) => Promise<Result>
}

export const GROUP_ROWS: Readonly<Record<string, GroupRow<Reply>>> = {
  join_group: {
    unknownUser: nameNotFound,
    unknownGroup: [joinError],
    notMember: [joinError],
    run: joinGroup,
  },
  leave_group: {
    unknownUser: leaveError('User Not Found!'),
    unknownGroup: [leaveError('Group Not Found!')],
    notMember: [leaveError('User not in group')],
    run: leaveGroup,
  },
  visit_group: {
    unknownUser: nameNotFound,
    unknownGroup: [groupNotFound, groupNotFoundSpaced],
    notMember: [groupNotFound, groupNotFoundSpaced],
    run: visitGroup,
  },
  enter_group: {
    // Nobody is a member of nothing: a client of this request waits for no other refusal.
    unknownUser: groupNotJoin,
    unknownGroup: [groupNotJoin],
    notMember: [groupNotJoin],
    run: enterGroup,
  },
}

export const SEND_ROW: GroupRow<GroupMessage> = {
  unknownUser: nameNotFound,
  unknownGroup: [groupNotFound],
  notMember: [groupNotFound],
  run: enterToSend,
}

/** The row's reply to a refusal that it has words for; throws any other error. */
export function replyTo(error: unknown, { unknownGroup, notMember }: GroupRow<unknown>): Reply {
  if (hasCode(error, 'unknown_conversation')) return reply(...unknownGroup)
  if (hasCode(error, 'not_a_member')) return reply(...notMember)
  throw error
}

export async function aboutGroup<Result>(
  row: GroupRow<Result>,
  argument: unknown,
  context: Context,
): Promise<Result | Reply> {
  const fields = parseArgument(argument)
  const name = fields.text('group_name')
  const account = await accountOf(fields, context)
  if (!account) return reply(row.unknownUser)
  try {
    const conversation = await context.directory.find(account, name, addressOf(context))
    if (!conversation) return reply(...row.unknownGroup)
    return await row.run({ account, conversation, fields }, context)
  } catch (error) {
    return replyTo(error, row)
  }
}

async function joinGroup({ account, conversation }: GroupRequest, { chat }: Context): Promise<Reply> {
  await chat.conversations.enter(account, conversation)
  return reply(joinSuccess(conversation))
}

async function leaveGroup(request: GroupRequest, { chat, session }: Context): Promise<Reply> {
  const { accountId } = request.account
  const { conversationId } = request.conversation
  await chat.conversations.leave(accountId, request.conversation)
  session.leave(conversationId)
  const now = await chat.accounts.find(accountId)
  if (now?.currentConversationId === conversationId) await chat.conversations.setCurrent(accountId, null)
  return reply(leaveSuccess(request.conversation))
}

async function visitGroup({ account, conversation }: GroupRequest, context: Context): Promise<Reply> {
  const { chat, session } = context
  const { conversationId } = conversation
  if (session.groupId === conversationId) return reply(alreadyInTheGroup)
  const { result, begin } = await session.enter(conversationId, async () => {
    const standing = await chat.conversations.enter(account, conversation)
    await moveTo(conversation, account, context)
    return { member: memberOf(standing), lastChange: standing.conversation.lastChange }
  })
  return { answers: [userVisited(account, conversation, result.member)], begin }
}

async function enterGroup({ account, conversation }: GroupRequest, context: Context): Promise<Reply> {
  const { chat, lines, session } = context
  const { conversationId } = conversation
  const { result, begin } = await session.enter(conversationId, async () => {
    const standing = await chat.conversations.standing(account.accountId, conversationId)
    if (!standing?.member) throw new ChatError('not_a_member')
    const { lastSeq, lastChange } = standing.conversation
    const listed = await chat.messages.list({ conversationId, limit: HISTORY_LIMIT })
    // Later ones are later changes, which follow live.
    const messages = listed.filter(({ seq }) => seq <= lastSeq).map((message) => lines.shown(message))
    await chat.conversations.markRead(account.accountId, conversationId)
    await moveTo(conversation, account, context)
    return { messages, lastReadSeq: standing.member.lastReadSeq, lastChange }
  })
  return { answers: [enteredGroup(conversation, result.messages, result.lastReadSeq)], begin }
}

async function enterToSend(
  { account, conversation, fields }: GroupRequest,
  context: Context,
): Promise<GroupMessage> {
  const body = fields.text('text')
  const standing = await context.chat.conversations.enter(account, conversation)
  context.session.standings.remember(fields.text('group_name'), standing)
  return { account, standing, body }
}

/** A message to send, and from whom. */
export interface GroupMessage {
  readonly account: Account
  readonly standing: Standing
  readonly body: string
}

/** The message of a request, at once where the socket has sent to the group before; else perhaps the reply to it. */
export function messageOf(argument: unknown, context: Context): GroupMessage | Promise<GroupMessage | Reply> {
  const fields = parseArgument(argument)
  const standing = context.session.standings.get(fields.text('group_name'))
  const account = standing && boundAccount(fields.text('username'), context.session)
  if (!account) return aboutGroup(SEND_ROW, argument, context)
  return { account, standing, body: fields.text('text') }
}

/** The account's current group is another; what was sent to the one this socket was in has been read. */
async function moveTo({ conversationId }: Conversation, { accountId }: Account, { chat, session }: Context) {
  const left = session.groupId
  try {
    if (left !== undefined && left !== conversationId) await chat.conversations.markRead(accountId, left)
  } catch (error) {
    if (!hasCode(error, 'not_a_member')) throw error
  }
  await chat.conversations.setCurrent(accountId, conversationId)
}

function memberOf(standing: Standing | undefined): Member {
  if (!standing?.member) throw new ChatError('not_a_member')
  return standing.member
}
