import type { ACCOUNT_OPERATIONS, SignedIn } from '@parlance/protocol'
import { type Account, passwordPolicyOf, toSessionId } from '../../../core/chat.ts'
import { signIn } from '../../sign-in.ts'
import type { Circumstances, Handlers } from '../call.ts'
import { cookieOf, KIND, sessionName, whileItLives } from '../credentials.ts'
import { exportLineOf } from '../export-lines.ts'
import { timeText } from '../names.ts'
import { idOf } from '../places.ts'
import { inField } from '../refused-field.ts'
import { ownAccountOf } from '../wire.ts'
import type { RequestParts } from './parts.ts'

/** New passwords are strong here, whatever the setting says for the other dialects. */
const requireStrong = passwordPolicyOf('strict')

interface Opening {
  readonly device?: string
  readonly cookie?: boolean
}

export function accountHandlers({
  chat,
  limits,
}: Pick<RequestParts, 'chat' | 'limits'>): Handlers<keyof typeof ACCOUNT_OPERATIONS> {
  const { accounts, credentials, profiles, sessions, removals } = chat

  const shown = async (account: Account) => ownAccountOf(account, await profiles.settings(account.accountId))

  const open = async (
    account: Account,
    { device, cookie: wantsCookie = false }: Opening,
    { address, channel }: Circumstances,
  ) => {
    // A revocation since the account proved itself ends this session too.
    const { credentialsSince } = account
    const facts = { device: device ?? null, address, credentialsSince }
    const { secret, session } = await sessions.openDetailed(account.accountId, KIND, facts)
    const id = sessionName(session)
    const expiresAt = timeText(session.expiresAt)
    const body: SignedIn = {
      account: await shown(account),
      session: wantsCookie ? { id, expiresAt } : { id, token: secret, expiresAt },
    }
    const headers: Record<string, string> = { location: `/v1/sessions/${id}` }
    if (wantsCookie) headers['set-cookie'] = cookieOf(secret, channel)
    return { status: 201, body, headers } as const
  }

  return {
    createAccount: {
      limit: 'register',
      run: async ({ body: { cookie = false, ...registration }, ...call }) => {
        if (cookie) cookieOf('', call.channel)
        requireStrong?.(registration.password)
        const account = await accounts.register({ ...registration, from: call.address })
        const opened = await open(account, { cookie }, call)
        return { ...opened, headers: { ...opened.headers, location: '/v1/me' } }
      },
    },
    createSession: {
      limit: 'login',
      run: async ({ body: { login, password, ...opening }, ...call }) => {
        if (opening.cookie) cookieOf('', call.channel)
        const attempt = { login, password, by: 'username or email', from: call.address } as const
        return open(await signIn(chat, limits, attempt), opening, call)
      },
    },
    listSessions: {
      run: async ({ asker }) => {
        const items = (await sessions.list(idOf(asker), KIND)).map((session) => ({
          id: sessionName(session),
          device: session.device,
          address: session.address,
          createdAt: timeText(session.createdAt),
          lastUsedAt: timeText(session.lastUsedAt),
          expiresAt: timeText(session.expiresAt),
          isCurrent: session.sessionId === asker.session.sessionId,
        }))
        return { status: 200, body: { items, next: null } }
      },
    },
    endSession: {
      run: async ({ asker, params }) => {
        await sessions.end(idOf(asker), toSessionId(params.s.slice(2)))
        return { status: 204 }
      },
    },
    endOtherSessions: {
      run: async ({ asker }) => {
        await whileItLives(sessions.endOthers(idOf(asker), asker.session.sessionId))
        return { status: 204 }
      },
    },
    getMe: { run: async ({ asker }) => ({ status: 200, body: await shown(asker.account) }) },
    changeMe: {
      run: async ({ asker, body: { settings, ...profile } }) => {
        const accountId = idOf(asker)
        await profiles.change(accountId, profile, settings)
        const account = await accounts.find(accountId)
        return { status: 200, body: await shown(account ?? asker.account) }
      },
    },
    changePassword: {
      limit: 'login',
      run: async ({ asker, body, address }) => {
        const change = { ...body, from: address, keep: asker.session.sessionId }
        await inField('#/next', credentials.changePassword(idOf(asker), change))
        return { status: 204 }
      },
    },
    exportMe: {
      limit: 'login',
      run: async ({ asker, body: { password }, address }) => {
        const pages = await chat.exports.begin(idOf(asker), { password, from: address })
        return {
          status: 200,
          pages: {
            next: async () => {
              const { value } = await pages.next()
              if (value === undefined) return { done: true, value }
              return { done: false, value: value.map(exportLineOf) }
            },
            return: () => pages.return(),
          },
        }
      },
    },
    removeMe: {
      limit: 'login',
      run: async ({ asker, body: { password, messages = 'keep' }, address }) => {
        await removals.remove(idOf(asker), { password, messages, from: address })
        return { status: 202 }
      },
    },
  }
}
