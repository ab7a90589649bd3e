import type { OwnAccount, ServerInfo } from '@parlance/client'
import {
  Client,
  register as makeAccount,
  signIn as openSession,
  ParlanceError,
  Rest,
  systemRuntime,
} from '@parlance/client'
import { IndexedDbStorage } from '@parlance/client/browser'
import { endOtherSessions, endSession, getMe, getServer, listSessions } from '@parlance/client/operations'
import { signal } from '@preact/signals'

type Session =
  | { readonly is: 'unknown' }
  | { readonly is: 'unreachable' }
  | { readonly is: 'out'; readonly wasEnded: boolean }
  | { readonly is: 'in'; readonly client: Client; readonly account: OwnAccount }

export const session = signal<Session>({ is: 'unknown' })
export const server = signal<ServerInfo | undefined>(undefined)

const url = location.origin
const rest = new Rest({ url, runtime: systemRuntime, token: () => undefined })

/** Finds out whether the browser's cookie still lets somebody in. */
export async function begin(): Promise<void> {
  try {
    const [info, account] = await Promise.all([rest.call(getServer, {}), ownAccount()])
    server.value = info
    if (account) await enter(account)
    else session.value = { is: 'out', wasEnded: false }
  } catch {
    session.value = { is: 'unreachable' }
  }
}

async function ownAccount(): Promise<OwnAccount | undefined> {
  try {
    return await rest.call(getMe, {})
  } catch (error) {
    if (error instanceof ParlanceError && error.status === 401) return undefined
    throw error
  }
}

/** Throws a `ParlanceError`. */
export async function signIn(login: string, password: string): Promise<void> {
  const { account } = await openSession(url, { login, password, device: deviceName(), cookie: true })
  await enter(account)
}

/** Throws a `ParlanceError`. */
export async function register(fields: {
  username: string
  password: string
  displayName?: string
}): Promise<void> {
  const { account } = await makeAccount(url, { ...fields, cookie: true })
  await enter(account)
}

/** Ends this log-in, or this one and all others. */
export async function signOut({ everywhere = false } = {}): Promise<void> {
  const current = session.value
  if (current.is !== 'in') return
  if (everywhere) await rest.call(endOtherSessions, {})
  const { items } = await rest.call(listSessions, {})
  const own = items.find(({ isCurrent }) => isCurrent)
  if (own) await rest.call(endSession, { params: { s: own.id } })
  current.client.close()
  session.value = { is: 'out', wasEnded: false }
}

async function enter(account: OwnAccount): Promise<void> {
  const client = new Client({ url, storage: new IndexedDbStorage(account.id) })
  await client.open()
  client.connection.subscribe(() => {
    const current = session.value
    if (client.connection.get().phase !== 'ended' || current.is !== 'in' || current.client !== client) return
    client.close()
    session.value = { is: 'out', wasEnded: true }
  })
  session.value = { is: 'in', client, account }
}

/** As lists of sessions name this browser. */
function deviceName(): string {
  const agent = navigator.userAgent
  const browser = [/Firefox/, /Edg/, /Chrome/, /Safari/].find((one) => one.test(agent))?.source ?? 'Browser'
  const system = [/Android/, /iPhone|iPad/, /Windows/, /Mac OS/, /Linux/]
    .find((one) => one.test(agent))
    ?.exec(agent)?.[0]
  return [browser === 'Edg' ? 'Edge' : browser, system].filter(Boolean).join(' on ')
}
