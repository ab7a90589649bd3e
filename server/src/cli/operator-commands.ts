import { readConfig } from '../config/index.ts'
import { SettingRefusal } from '../lib/settings.ts'
import type { AccountAct } from '../operating/index.ts'
import type { Command } from './command.ts'
import type { CommandLine } from './command-line.ts'

const ACCOUNTS: Readonly<Record<AccountAct, string>> = {
  add: 'makes an account, also where REGISTRATION=closed; its password is printed or read from a file',
  disable: 'keeps an account out: ends its sessions, closes its connections',
  enable: 'lets a disabled account log in again',
  'sign-out': 'ends the sessions of an account and closes its connections',
  'reset-password': 'gives an account a new password, printed or read from a file (- is standard input)',
  'make-admin': 'makes an account an administrator of this server',
  'revoke-admin': 'takes that back; its sessions go on',
}

/** The settings, and who has become the user that runs this. */
const settingsOf = ({ environment }: Pick<CommandLine, 'environment'>) => ({
  ...readConfig(environment),
  sudoUser: environment.SUDO_USER,
})

function accountCommand(act: AccountAct, summary: string): Command {
  const takesPassword = act === 'reset-password' || act === 'add'
  return {
    usage: `accounts ${act} NAME${takesPassword ? ' [--password-from FILE]' : ''}`,
    summary,
    options: takesPassword ? ['password-from'] : [],
    operands: ['NAME'],
    run: async ({ environment, options, operands: [username = ''] }) => {
      const { changeAccount } = await import('../operating/index.ts')
      const passwordFrom = options['password-from']
      await changeAccount({ settings: settingsOf({ environment }), act, username, passwordFrom })
    },
  }
}

interface Asked extends Pick<CommandLine, 'operands' | 'options'> {
  readonly settings: ReturnType<typeof settingsOf>
  readonly asJson: boolean
}

/** The module of operators' commands is loaded with the first of them. */
interface Look {
  readonly operands?: readonly string[]
  readonly options?: readonly string[]
  readonly summary: string
  show(asked: Asked): Promise<void>
}

/** A command that changes nothing, and prints a table, or JSON with `--json`. */
function look(name: string, { operands = [], options = [], summary, show }: Look): [string, Command] {
  const words = [name, ...operands, ...options.map((option) => `[--${option} ${option.toUpperCase()}]`)]
  const run = async (line: CommandLine) => {
    await show({ ...line, settings: settingsOf(line), asJson: line.flags.has('json') })
  }
  return [name, { usage: `${words.join(' ')} [--json]`, summary, options, operands, flags: ['json'], run }]
}

const LOOKS: readonly [string, Command][] = [
  look('accounts list', {
    options: ['status'],
    summary: 'lists accounts; STATUS is active, guest, disabled or removed',
    show: async ({ options, ...asked }) => {
      const { listAccounts } = await import('../operating/index.ts')
      await listAccounts({ ...asked, status: options.status })
    },
  }),
  look('accounts show', {
    operands: ['NAME'],
    summary: 'shows an account and how much it has',
    show: async ({ operands: [username = ''], ...asked }) => {
      const { showAccount } = await import('../operating/index.ts')
      await showAccount({ ...asked, username })
    },
  }),
  look('conversations list', {
    summary: 'lists conversations',
    show: async (asked) => {
      const { listConversations } = await import('../operating/index.ts')
      await listConversations(asked)
    },
  }),
  look('conversations show', {
    operands: ['CONVERSATION'],
    summary: 'shows a conversation by its id, gid, or name if it is an open one',
    show: async ({ operands: [name = ''], ...asked }) => {
      const { showConversation } = await import('../operating/index.ts')
      await showConversation({ ...asked, name })
    },
  }),
  look('conversations members', {
    operands: ['CONVERSATION'],
    summary: 'lists the members of a conversation',
    show: async ({ operands: [name = ''], ...asked }) => {
      const { listMembers } = await import('../operating/index.ts')
      await listMembers({ ...asked, name })
    },
  }),
  look('sessions list', {
    operands: ['NAME'],
    summary: 'lists where an account is logged in',
    show: async ({ operands: [username = ''], ...asked }) => {
      const { listSessions } = await import('../operating/index.ts')
      await listSessions({ ...asked, username })
    },
  }),
  look('invites', {
    summary: 'lists the invites of all conversations, with their makers, uses and ends',
    show: async (asked) => {
      const { listInvites } = await import('../operating/index.ts')
      await listInvites(asked)
    },
  }),
  look('stats', {
    summary: 'counts everything that there is',
    show: async (asked) => {
      const { showTotals } = await import('../operating/index.ts')
      await showTotals(asked)
    },
  }),
  look('audit', {
    options: ['limit'],
    summary: 'lists what operators have done, newest first: 50 acts, or LIMIT',
    show: async ({ options, ...asked }) => {
      const { listActs } = await import('../operating/index.ts')
      await listActs({ ...asked, limit: limitOf(options.limit) })
    },
  }),
]

const MAX_LIMIT = 100_000

function limitOf(text = '50'): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= MAX_LIMIT) return limit
  throw new SettingRefusal(`--limit is a whole number from 1 to ${MAX_LIMIT}.`)
}

/** Commands on the accounts, conversations and sessions of a database that servers may have open. */
export const OPERATOR_COMMANDS: Readonly<Record<string, Command>> = {
  ...Object.fromEntries(LOOKS),
  ...Object.fromEntries(
    Object.entries(ACCOUNTS).map(([act, summary]) => [
      `accounts ${act}`,
      accountCommand(act as AccountAct, summary),
    ]),
  ),
  'accounts delete': {
    usage: 'accounts delete NAME [--messages keep|delete] --yes',
    summary: 'deletes an account for good; its messages stay, unless they are to go, too',
    options: ['messages'],
    operands: ['NAME'],
    flags: ['yes'],
    run: async ({ environment, operands: [username = ''], options: { messages = 'keep' }, flags }) => {
      const { deleteAccount } = await import('../operating/index.ts')
      const isSure = flags.has('yes')
      await deleteAccount({ settings: settingsOf({ environment }), username, messages, isSure })
    },
  },
  'accounts export': {
    usage: 'accounts export NAME FILE',
    summary: "writes all that is an account's own into a new file: - is standard output",
    options: [],
    operands: ['NAME', 'FILE'],
    run: async ({ environment, operands: [username = '', file = ''] }) => {
      const { exportAccount } = await import('../operating/index.ts')
      await exportAccount({ settings: settingsOf({ environment }), username, file })
    },
  },
  'conversations purge': {
    usage: 'conversations purge CONVERSATION --before DATE | --keep-days N',
    summary: 'has a running server take away the messages of a conversation that are so old',
    options: ['before', 'keep-days'],
    operands: ['CONVERSATION'],
    run: async ({ environment, options, operands: [name = ''] }) => {
      const { purgeConversation } = await import('../operating/index.ts')
      const { before, 'keep-days': keepDays } = options
      await purgeConversation({ settings: settingsOf({ environment }), name, before, keepDays })
    },
  },
  'conversations delete': {
    usage: 'conversations delete CONVERSATION --yes',
    summary: 'has a running server delete a conversation for good, with all that was said there',
    options: [],
    operands: ['CONVERSATION'],
    flags: ['yes'],
    run: async ({ environment, operands: [name = ''], flags }) => {
      const { deleteConversation } = await import('../operating/index.ts')
      await deleteConversation({ settings: settingsOf({ environment }), name, isSure: flags.has('yes') })
    },
  },
  'invites end': {
    usage: 'invites end INVITE',
    summary: 'ends an invite: its link lets nobody in any more',
    options: [],
    operands: ['INVITE'],
    run: async ({ environment, operands: [invite = ''] }) => {
      const { endInvite } = await import('../operating/index.ts')
      await endInvite({ settings: settingsOf({ environment }), invite })
    },
  },
  check: {
    usage: 'check [--json]',
    summary: 'prints all settings as start would read them, without starting',
    options: [],
    operands: [],
    flags: ['json'],
    run: async ({ environment, flags }) => {
      const config = readConfig(environment)
      const { checkSettings } = await import('../operating/index.ts')
      await checkSettings({ config, environment, asJson: flags.has('json') })
    },
  },
  doctor: {
    usage: 'doctor [--json]',
    summary: 'looks for what will hurt: disk, fsync, rights, clock, database, Redis, ports',
    options: [],
    operands: [],
    flags: ['json'],
    run: async ({ environment, flags }) => {
      const config = readConfig(environment)
      const { examine } = await import('../operating/index.ts')
      await examine(config, flags.has('json'))
    },
  },
  'sessions end': {
    usage: 'sessions end NAME SESSION',
    summary: 'ends one session of an account, and closes its connections',
    options: [],
    operands: ['NAME', 'SESSION'],
    run: async ({ environment, operands: [username = '', session = ''] }) => {
      const { endSession } = await import('../operating/index.ts')
      await endSession({ settings: settingsOf({ environment }), username, session })
    },
  },
}
