import type { Account } from '../../core/chat.ts'
import { requireWithinLimit } from '../rate-limit.ts'
import { nameNotFound } from './errors.ts'
import {
  type Fields,
  MAX_GROUP_NAME_LENGTH,
  parseArgument,
  requireEchoable,
  requireNewName,
} from './fields.ts'
import { aboutGroup, GROUP_ROWS } from './group-requests.ts'
import { passwordRequired } from './identity.ts'
import { addressOf, type Context, hasCode, type Reply, type Run, reply } from './request.ts'
import { accountOf, boundAccount, passwordIn } from './requester.ts'
import { groupCreated, pongg, userCreated, userFound } from './wire.ts'

/** Every event that a client may send, but `send_message`. */
export const REQUESTS: ReadonlyMap<string, Run> = new Map<string, Run>([
  ['pingg', ping],
  ['find_user', findUser],
  ['create_group', createGroup],
  ...Object.entries(GROUP_ROWS).map(([name, row]): [string, Run] => [
    name,
    (argument, context) => aboutGroup(row, argument, context),
  ]),
])

function ping(argument: unknown): Reply {
  requireEchoable(argument)
  return reply(pongg(argument ?? null))
}

async function findUser(argument: unknown, context: Context): Promise<Reply> {
  const fields = parseArgument(argument)
  const username = fields.text('username')
  const password = passwordIn(fields)
  const bound = boundAccount(username, context.session)
  // A bound socket has nothing to prove again, but what it offers must be right.
  if (bound && password === undefined) return found(bound, context)
  const known = await context.identity.prove(username, password, addressOf(context))
  if (!known && !bound) return admit(fields, context)
  if (!known) throw passwordRequired()
  if (!bound) await context.session.bind(known)
  return found(known, context)
}

async function admit(fields: Fields, context: Context): Promise<Reply> {
  const { identity, session } = context
  const username = fields.text('username')
  const guest = await identity.admit(username, addressOf(context))
  if (guest) {
    await session.bind(guest)
    return reply(userCreated(guest))
  }
  // Somebody was faster, and may be who this is as well: a guest's name is anybody's.
  const taken = await identity.prove(username, passwordIn(fields), addressOf(context))
  if (!taken) throw passwordRequired()
  await session.bind(taken)
  return found(taken, context)
}

async function found({ accountId }: Account, { chat, directory }: Context): Promise<Reply> {
  const account = await chat.accounts.find(accountId)
  if (!account) throw passwordRequired()
  const membership = await directory.membershipOf(account)
  return reply(userFound(account, membership))
}

async function createGroup(argument: unknown, context: Context): Promise<Reply> {
  const fields = parseArgument(argument)
  const name = fields.text('group_name')
  const account = await accountOf(fields, context)
  if (!account) return reply(nameNotFound)
  requireNewName('group_name', name, MAX_GROUP_NAME_LENGTH)
  requireWithinLimit(context.limits.check('guess', addressOf(context)))
  requireWithinLimit(context.limits.take('create', account.accountId))
  try {
    return reply(groupCreated(await context.chat.conversations.createOpen(account.accountId, name)))
  } catch (error) {
    if (hasCode(error, 'conversation_name_taken'))
      await context.directory.countRefusedName(name, addressOf(context))
    throw error
  }
}
