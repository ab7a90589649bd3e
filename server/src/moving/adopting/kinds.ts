import { openForeignPostgres, openForeignSqlite } from '../endpoints.ts'
import { CHANNELS } from './channels.ts'
import { CHATAPP } from './chatapp.ts'
import { groupsOrigin } from './groups/index.ts'
import { MESSENGER } from './messenger.ts'
import type { Origin } from './origin.ts'
import { ROOMS } from './rooms.ts'
import { tableOrigin } from './table-origin.ts'

/** Programs from which people and history are taken over. */
export const KINDS = ['rooms', 'chatapp', 'groups', 'messenger', 'channels', 'slack'] as const
type Kind = (typeof KINDS)[number]

export const isKind = (text: string): text is Kind => KINDS.some((kind) => kind === text)

/** Opens and recognises the source. Throws `CommandEnd`, `StoreRefusal`. */
const OPEN: Readonly<Record<Kind, (source: string) => Promise<Origin>>> = {
  rooms: async (source) =>
    tableOrigin(await openForeignPostgres(source), { source, program: 'ChatBackend', plans: ROOMS }),
  chatapp: async (source) =>
    tableOrigin(openForeignSqlite(source), { source, program: 'chatapp', plans: CHATAPP }),
  groups: groupsOrigin,
  messenger: async (source) =>
    tableOrigin(await openForeignPostgres(source), { source, program: 'messenger', plans: MESSENGER }),
  channels: async (source) =>
    tableOrigin(openForeignSqlite(source), { source, program: 'the Flask API', plans: CHANNELS }),
  slack: async (source) => {
    // Its library is loaded for nothing else.
    const { slackOrigin } = await import('./slack/index.ts')
    return slackOrigin(source)
  },
}

export const openOrigin = ({ kind, source }: { kind: string; source: string }): Promise<Origin> => {
  if (!isKind(kind)) throw new Error(`there is no kind ${kind}`)
  return OPEN[kind](source)
}
