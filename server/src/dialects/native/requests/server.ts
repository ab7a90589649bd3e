import { randomUUID } from 'node:crypto'
import { FEATURE_LEVEL, PAGE } from '@parlance/protocol'
import type { Handlers } from '../call.ts'
import type { RequestParts } from './parts.ts'

/** Random for each process: a client that meets another one drops what it has stored, rather than mixing two databases. */
const EPOCH = randomUUID()

export const serverHandlers = ({ chat }: Pick<RequestParts, 'chat'>): Handlers<'getServer'> => ({
  getServer: {
    limit: 'request',
    run: async () => ({
      status: 200,
      body: {
        name: 'Parlance',
        version: '0.1.0',
        featureLevel: FEATURE_LEVEL,
        epoch: EPOCH,
        limits: { maxMessageBytes: chat.messages.maxBytes, maxPage: PAGE.max, maxFrameBytes: 131_072 },
        auth: { password: true, register: true, oidc: false },
        dialects: [],
      },
    }),
  },
})
