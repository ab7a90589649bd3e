import type { Handlers } from './call.ts'
import { Places } from './places.ts'
import { accountHandlers } from './requests/accounts.ts'
import { conversationHandlers } from './requests/conversations.ts'
import { messageHandlers } from './requests/messages.ts'
import type { RequestParts } from './requests/parts.ts'
import { serverHandlers } from './requests/server.ts'

/** An operation without a handler does not compile. */
export function createHandlers(parts: Omit<RequestParts, 'places'>): Handlers {
  const all = { ...parts, places: new Places(parts.chat) }
  return {
    ...serverHandlers(all),
    ...accountHandlers(all),
    ...conversationHandlers(all),
    ...messageHandlers(all),
  }
}
