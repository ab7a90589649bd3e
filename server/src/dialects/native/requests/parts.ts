import type { Chat } from '../../../core/chat.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Metrics } from '../../../observe/index.ts'
import type { Limits } from '../../../transport/index.ts'
import type { About } from '../../dialect-row.ts'
import type { FileLinks } from '../../file-links.ts'
import type { Places } from '../places.ts'

/** Parts that requests are answered from; each subject takes only those it uses. */
export interface RequestParts {
  readonly chat: Chat
  readonly limits: Limits
  readonly places: Places
  readonly about: About
  readonly clock: Clock
  readonly links: FileLinks
  readonly metrics: Metrics
}
