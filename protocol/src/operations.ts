import type { Operation } from './operation.ts'
import { ACCOUNT_OPERATIONS } from './operations/accounts.ts'
import { ADMINISTRATION_OPERATIONS } from './operations/administration.ts'
import { ANNOTATION_OPERATIONS } from './operations/annotations.ts'
import { CONVERSATION_OPERATIONS } from './operations/conversations.ts'
import { DIRECTORY_OPERATIONS } from './operations/directory.ts'
import { FILE_OPERATIONS } from './operations/files.ts'
import { INVITE_OPERATIONS } from './operations/invites.ts'
import { MEMBER_OPERATIONS } from './operations/members.ts'
import { MESSAGE_OPERATIONS } from './operations/messages.ts'
import { PEOPLE_OPERATIONS } from './operations/people.ts'
import { SEARCH_OPERATIONS } from './operations/search.ts'
import { SERVER_OPERATIONS } from './operations/server.ts'
import { VIEW_OPERATIONS } from './operations/views.ts'

/** The whole REST API: the server's routes, its documents and the client's methods follow from this table. */
export const OPERATIONS = {
  ...SERVER_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...PEOPLE_OPERATIONS,
  ...CONVERSATION_OPERATIONS,
  ...DIRECTORY_OPERATIONS,
  ...MEMBER_OPERATIONS,
  ...INVITE_OPERATIONS,
  ...MESSAGE_OPERATIONS,
  ...ANNOTATION_OPERATIONS,
  ...VIEW_OPERATIONS,
  ...SEARCH_OPERATIONS,
  ...FILE_OPERATIONS,
  ...ADMINISTRATION_OPERATIONS,
} as const satisfies Readonly<Record<string, Operation>>

export {
  ACCOUNT_OPERATIONS,
  ADMINISTRATION_OPERATIONS,
  ANNOTATION_OPERATIONS,
  CONVERSATION_OPERATIONS,
  DIRECTORY_OPERATIONS,
  FILE_OPERATIONS,
  INVITE_OPERATIONS,
  MEMBER_OPERATIONS,
  MESSAGE_OPERATIONS,
  PEOPLE_OPERATIONS,
  SEARCH_OPERATIONS,
  SERVER_OPERATIONS,
  VIEW_OPERATIONS,
}

export type Operations = typeof OPERATIONS
export type OperationId = keyof Operations
