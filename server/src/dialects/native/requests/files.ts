import type { FILE_OPERATIONS } from '@parlance/protocol'
import { MICROS_PER_SECOND } from '../../../lib/clock.ts'
import type { Handlers } from '../call.ts'
import { fileIdIn, timeText } from '../names.ts'
import { idOf } from '../places.ts'
import { Refusal } from '../refusal.ts'
import type { RequestParts } from './parts.ts'

/** An address to show a file by is good for ten minutes. */
const LIFE = 600 * MICROS_PER_SECOND

export const fileHandlers = ({
  chat,
  links,
  clock,
}: Pick<RequestParts, 'chat' | 'links' | 'clock'>): Handlers<keyof typeof FILE_OPERATIONS> => ({
  signFiles: {
    cost: ({ body: { files } }) => files.length,
    run: async ({ asker, body: { files } }) => {
      const accountId = idOf(asker)
      const expiresAt = clock.nowMicros() + LIFE
      const items = await Promise.all(
        files.map(async (name) => {
          const fileId = fileIdIn(name)
          if (fileId === undefined || !(await chat.downloads.find(accountId, fileId)))
            throw new Refusal('not_found', { detail: `${name} is no file that you may read.` })
          const url = links.forAccount(accountId, fileId, expiresAt)
          return { file: name, url, expiresAt: timeText(expiresAt) }
        }),
      )
      return { status: 200, body: { items } }
    },
  },
})
