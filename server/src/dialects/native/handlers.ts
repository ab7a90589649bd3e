import type { Handlers } from './call.ts'
import { Places } from './places.ts'
import { accountHandlers } from './requests/accounts.ts'
import { administrationHandlers } from './requests/administration.ts'
import { annotationHandlers } from './requests/annotations.ts'
import { conversationHandlers } from './requests/conversations.ts'
import { directoryHandlers } from './requests/directory.ts'
import { fileHandlers } from './requests/files.ts'
import { inviteHandlers } from './requests/invites.ts'
import { memberHandlers } from './requests/members.ts'
import { messageHandlers } from './requests/messages.ts'
import type { RequestParts } from './requests/parts.ts'
import { peopleHandlers } from './requests/people.ts'
import { searchHandlers } from './requests/search.ts'
import { serverHandlers } from './requests/server.ts'
import { viewHandlers } from './requests/views.ts'

/** An operation without a handler does not compile. */
export function createHandlers(parts: Omit<RequestParts, 'places'>): Handlers {
  const all = { ...parts, places: new Places(parts.chat) }
  return {
    ...serverHandlers(all),
    ...accountHandlers(all),
    ...conversationHandlers(all),
    ...peopleHandlers(all),
    ...directoryHandlers(all),
    ...memberHandlers(all),
    ...inviteHandlers(all),
    ...messageHandlers(all),
    ...annotationHandlers(all),
    ...viewHandlers(all),
    ...searchHandlers(all),
    ...fileHandlers(all),
    ...administrationHandlers(all),
  }
}
