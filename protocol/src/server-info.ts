import type { Static } from 'typebox'
import { growing, nullable } from './shapes.ts'
import { Type } from './type.ts'

/** Rises with every addition to `/v1`. The documentation says for each part since which it is there. */
export const FEATURE_LEVEL = 7

/** Bytes that one frame of the socket may have, in either direction. */
export const MAX_FRAME_BYTES = 131_072

export const ServerInfo = growing(
  {
    name: Type.String(),
    version: Type.String(),
    featureLevel: Type.Integer({ minimum: 1 }),
    epoch: Type.String({
      title: 'New when the database was made, restored or imported: drop what you have stored',
    }),
    limits: growing({
      maxMessageBytes: Type.Integer(),
      maxPage: Type.Integer(),
      maxFrameBytes: Type.Integer(),
      maxFileBytes: Type.Integer(),
      maxAttachments: Type.Integer(),
      retentionDays: nullable(
        Type.Integer({ title: 'Days for which messages are kept in any conversation; null is for ever' }),
      ),
    }),
    auth: growing({ password: Type.Boolean(), register: Type.Boolean(), oidc: Type.Boolean() }),
    dialects: Type.Array(Type.String()),
  },
  'The server',
)

export type ServerInfo = Static<typeof ServerInfo>
