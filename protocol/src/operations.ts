import type { Operation } from './operation.ts'
import { ACCOUNT_OPERATIONS } from './operations/accounts.ts'
import { CONVERSATION_OPERATIONS } from './operations/conversations.ts'
import { MESSAGE_OPERATIONS } from './operations/messages.ts'
import { SERVER_OPERATIONS } from './operations/server.ts'

export { ACCOUNT_OPERATIONS, CONVERSATION_OPERATIONS, MESSAGE_OPERATIONS, SERVER_OPERATIONS }

/** The whole REST API: the server's routes, its documents and the client's methods follow from this table. */
export const OPERATIONS = {
  ...SERVER_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...CONVERSATION_OPERATIONS,
  ...MESSAGE_OPERATIONS,
} as const satisfies Readonly<Record<string, Operation>>

export type Operations = typeof OPERATIONS
export type OperationId = keyof Operations
