import type { Static } from 'typebox'
import { FileId, Time } from './ids.ts'
import { closed, growing, nullable } from './shapes.ts'
import { Type } from './type.ts'

/** Files of one message. */
export const MAX_ATTACHMENTS = 10

const Pixels = nullable(Type.Integer({ minimum: 1 }))

/** Nothing of one recipient is in it: its address comes from `POST /v1/files/urls`. */
export const Attachment = growing(
  {
    id: FileId,
    name: Type.String({ title: 'One line, without a path' }),
    type: Type.String({ title: 'A media type, found from the content where that tells' }),
    size: Type.Integer({ minimum: 0, title: 'In bytes' }),
    width: Pixels,
    height: Pixels,
  },
  'A file that hangs on a message',
)

export const FilesToSign = closed({ files: Type.Array(FileId, { minItems: 1, maxItems: 100 }) })

export const SignedFiles = growing({
  items: Type.Array(
    growing({
      file: FileId,
      url: Type.String({ title: 'For `<img>` and the like: it needs no session, and works for ten minutes' }),
      expiresAt: Time,
    }),
    { title: 'In the order of the request' },
  ),
})

export type Attachment = Static<typeof Attachment>
