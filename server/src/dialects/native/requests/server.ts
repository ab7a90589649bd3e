import { FEATURE_LEVEL, MAX_ATTACHMENTS, MAX_FRAME_BYTES, PAGE } from '@parlance/protocol'
import { MAX_FILE_BYTES } from '../../../core/chat.ts'
import type { Handlers } from '../call.ts'
import type { RequestParts } from './parts.ts'

export const serverHandlers = ({
  chat,
  about: { version, epoch, dialects },
}: Pick<RequestParts, 'chat' | 'about'>): Handlers<'getServer'> => ({
  getServer: {
    limit: 'request',
    run: async () => ({
      status: 200,
      body: {
        name: 'Parlance',
        version,
        featureLevel: FEATURE_LEVEL,
        epoch,
        limits: {
          maxMessageBytes: chat.messages.maxBytes,
          maxPage: PAGE.max,
          maxFrameBytes: MAX_FRAME_BYTES,
          maxFileBytes: MAX_FILE_BYTES,
          maxAttachments: MAX_ATTACHMENTS,
          retentionDays: chat.retention.days === 0 ? null : chat.retention.days,
        },
        auth: { password: true, register: chat.accounts.isRegistrationOpen, oidc: false },
        dialects: [...dialects],
      },
    }),
  },
})
