import type { ADMINISTRATION_OPERATIONS } from '@parlance/protocol'
import { type Administrator, toSessionId } from '../../../core/chat.ts'
import type { Asker, Handlers } from '../call.ts'
import { cursorText, numberAt, pageOf } from '../cursors.ts'
import { accountIdIn, conversationIdIn, timeText } from '../names.ts'
import {
  actOf,
  administeredAccountOf,
  administeredConversationOf,
  administeredSessionOf,
  backUpOf,
} from '../wire-administration.ts'
import type { RequestParts } from './parts.ts'

export function administrationHandlers({
  chat: { administration },
  clock,
  metrics,
}: Pick<RequestParts, 'chat' | 'clock' | 'metrics'>): Handlers<keyof typeof ADMINISTRATION_OPERATIONS> {
  const startedAt = timeText(clock.nowMicros())

  return {
    listAdministeredAccounts: {
      limit: 'search',
      run: async ({ query: { limit = 50, cursor, ...sought }, ...call }) => {
        const page = { ...sought, after: numberAt(cursor), limit }
        const { items, next } = await administration.accounts(administratorOf(call), page)
        return { status: 200, body: { items: items.map(administeredAccountOf), next: nextOf(next) } }
      },
    },
    getAdministeredAccount: {
      limit: 'search',
      run: async ({ params, ...call }) => {
        const accountId = accountIdIn(params.a)
        const shown = await administration.account(administratorOf(call), accountId)
        const { sessions: _, ...belongings } = shown.belongings
        const sessions = shown.sessions.map(administeredSessionOf)
        const has = { ...belongings, sessions }
        return { status: 200, body: { ...administeredAccountOf(shown.account), ...has } }
      },
    },
    disableAccount: {
      run: async ({ params, ...call }) => {
        await administration.disable(administratorOf(call), accountIdIn(params.a))
        return { status: 204 }
      },
    },
    enableAccount: {
      run: async ({ params, ...call }) => {
        await administration.enable(administratorOf(call), accountIdIn(params.a))
        return { status: 204 }
      },
    },
    signOutAccount: {
      run: async ({ params, ...call }) => {
        await administration.signOut(administratorOf(call), accountIdIn(params.a))
        return { status: 204 }
      },
    },
    endAdministeredSession: {
      run: async ({ params, ...call }) => {
        await administration.endSession(
          administratorOf(call),
          accountIdIn(params.a),
          toSessionId(params.s.slice(2)),
        )
        return { status: 204 }
      },
    },
    deleteAccount: {
      run: async ({ params, query: { messages = 'keep' }, ...call }) => {
        await administration.delete(administratorOf(call), accountIdIn(params.a), messages)
        return { status: 202 }
      },
    },
    listAdministeredConversations: {
      limit: 'search',
      run: async ({ query: { limit = 50, cursor, ...sought }, ...call }) => {
        const page = { ...sought, after: numberAt(cursor), limit }
        const { items, next } = await administration.conversations(administratorOf(call), page)
        return { status: 200, body: { items: items.map(administeredConversationOf), next: nextOf(next) } }
      },
    },
    deleteConversation: {
      run: async ({ params, ...call }) => {
        await administration.deleteConversation(administratorOf(call), conversationIdIn(params.id))
        return { status: 202 }
      },
    },
    listActs: {
      run: async ({ query: { limit = 50, cursor }, ...call }) => {
        const page = { before: numberAt(cursor, Number.MAX_SAFE_INTEGER), limit: limit + 1 }
        const acts = await administration.acts(administratorOf(call), page)
        const { items, next } = pageOf(acts, limit, ({ number }) => cursorText(number))
        return { status: 200, body: { items: items.map(actOf), next } }
      },
    },
    startBackUp: {
      run: async (call) => {
        const by = administratorOf(call)
        await administration.startBackUp(by)
        return { status: 202, body: backUpOf(await administration.backUpState(by)) }
      },
    },
    getBackUp: {
      run: async (call) => ({
        status: 200,
        body: backUpOf(await administration.backUpState(administratorOf(call))),
      }),
    },
    getFigures: {
      run: async (call) => {
        administration.requireAdmin(administratorOf(call))
        const { dialects, ...figures } = await metrics.figures.read()
        const times = { at: timeText(clock.nowMicros()), startedAt }
        return { status: 200, body: { ...times, ...figures, dialects: [...dialects] } }
      },
    },
    getTotals: {
      limit: 'search',
      run: async (call) => ({ status: 200, body: await administration.totals(administratorOf(call)) }),
    },
  }
}

const administratorOf = ({
  asker: { account },
  address,
}: {
  readonly asker: Asker
  readonly address: string
}): Administrator => ({
  account,
  origin: `native, from ${address}`,
})

const nextOf = (after: number | null): string | null => (after === null ? null : cursorText(after))
