import type * as Wire from '@parlance/protocol'
import type { BackUpState, Chat } from '../../core/chat.ts'
import { sessionName } from './credentials.ts'
import { accountName, conversationName, timeOrNull, timeText } from './names.ts'

type Administration = Chat['administration']
type Shown = Awaited<ReturnType<Administration['account']>>
type Item<List extends 'accounts' | 'conversations'> = Awaited<
  ReturnType<Administration[List]>
>['items'][number]
type Act = Awaited<ReturnType<Administration['acts']>>[number]

export const administeredAccountOf = ({
  accountId,
  createdAt,
  lastSeenAt,
  ...facts
}: Item<'accounts'>): Wire.AdministeredAccount => ({
  id: accountName(accountId),
  ...facts,
  createdAt: timeText(createdAt),
  lastSeenAt: timeText(lastSeenAt),
})

export const administeredSessionOf = (
  session: Shown['sessions'][number],
): Wire.AdministeredAccountDetails['sessions'][number] => ({
  id: sessionName(session),
  dialect: session.kind,
  device: session.device,
  address: session.address,
  createdAt: timeText(session.createdAt),
  lastUsedAt: timeText(session.lastUsedAt),
  expiresAt: timeText(session.expiresAt),
})

export const administeredConversationOf = ({
  conversationId,
  kind,
  name,
  members,
  messages,
  createdAt,
  activityAt,
}: Item<'conversations'>): Wire.AdministeredConversation => ({
  ...{ id: conversationName(conversationId), kind, name, members, messages },
  ...{ createdAt: timeText(createdAt), activityAt: timeText(activityAt) },
})

export const backUpOf = ({ directory, running, last, failed }: BackUpState): Wire.BackUp => ({
  directory,
  running: running && { ...running, startedAt: timeText(running.startedAt) },
  last: last && {
    at: timeText(last.madeAt),
    ...{ tookMs: last.tookMs, bytes: last.bytes, files: last.files },
  },
  failed: failed && { at: timeText(failed.at), reason: failed.fault, detail: failed.sentence },
})

export const actOf = ({ at, endedAt, ...act }: Act): Wire.AuditedAct => ({
  ...act,
  at: timeText(at),
  endedAt: timeOrNull(endedAt),
})
