import { FileId, type Operation } from '@parlance/protocol'
import type { HeaderName, RequestHeader } from './header-names.ts'

/**
 * A request whose body or answer is the bytes of a file. It has routes of its own instead of a handler of the table of
 * operations, and stands in the documents beside them.
 */
export interface Transfer extends Omit<Operation, 'method'> {
  readonly method: Operation['method'] | 'HEAD'
  /** Headers that it heeds. */
  readonly heeds: readonly RequestHeader[]
  /** Headers of its successes, by status. */
  readonly tells: Readonly<Record<number, readonly HeaderName[]>>
  /** The media type of its body's bytes. */
  readonly takes?: typeof OFFSET_STREAM
  /** Whether its successes are bytes, of the file's own media type. */
  readonly givesBytes?: true
}

const OFFSET_STREAM = 'application/offset+octet-stream'

const RESUMABLE: RequestHeader = {
  name: 'Tus-Resumable',
  description: 'The version of tus that the client speaks.',
  schema: { type: 'string', enum: ['1.0.0'] },
  required: true,
}

const OFFSET: RequestHeader = {
  name: 'Upload-Offset',
  description: 'Bytes of the file before the first of this body.',
  schema: { type: 'integer', minimum: 0 },
  required: true,
}

const LENGTH: RequestHeader = {
  name: 'Upload-Length',
  description: 'Bytes of the whole file. `Upload-Defer-Length` is refused.',
  schema: { type: 'integer', minimum: 0 },
  required: true,
}

const METADATA: RequestHeader = {
  name: 'Upload-Metadata',
  description:
    'Pairs of a key and a value in Base64, with commas between them: `filename`, and `filetype`, which counts where the content does not tell.',
  schema: { type: 'string', maxLength: 4_096, examples: ['filename Y2F0LnBuZw==,filetype aW1hZ2UvcG5n'] },
}

const SHOWN: readonly HeaderName[] = ['Tus-Resumable', 'Cache-Control', 'Upload-Offset', 'Upload-Expires']
const FILE: readonly HeaderName[] = [
  ...(['ETag', 'Accept-Ranges', 'Cache-Control', 'Content-Disposition', 'Content-Security-Policy'] as const),
  ...(['Cross-Origin-Resource-Policy', 'Referrer-Policy', 'X-Content-Type-Options'] as const),
]

const params = { f: FileId }
const common = { tag: 'files', since: 3 } as const

/** Uploads by tus 1.0 (core, creation, creation-with-upload, expiration, termination), and files as their readers get them. */
export const TRANSFERS: Readonly<Record<string, Transfer>> = {
  beginUpload: {
    ...common,
    method: 'POST',
    path: '/v1/uploads',
    summary: 'Begin to upload a file',
    description:
      'tus 1.0, so that any tus client will do: give it this address as its endpoint. `Location` is the address of the upload, and its last part the id of the file, which messages attach once all bytes are there. The first bytes may come along as the body.',
    heeds: [RESUMABLE, LENGTH, METADATA],
    takes: OFFSET_STREAM,
    answers: { 201: null },
    tells: { 201: SHOWN },
    refuses: ['precondition_failed', 'quota_exceeded', 'upload_locked'],
  },
  findUpload: {
    ...common,
    method: 'HEAD',
    path: '/v1/uploads/{f}',
    summary: 'Ask how far an upload has come',
    params,
    heeds: [RESUMABLE],
    answers: { 200: null },
    tells: { 200: [...SHOWN, 'Upload-Length'] },
    refuses: ['precondition_failed'],
  },
  appendToUpload: {
    ...common,
    method: 'PATCH',
    path: '/v1/uploads/{f}',
    summary: 'Send the next bytes of an upload',
    description:
      'What came before a break of the connection is kept, so that a client asks by HEAD and goes on there. `POST` with `X-HTTP-Method-Override: PATCH` does the same; so it does with HEAD and DELETE.',
    params,
    heeds: [RESUMABLE, OFFSET],
    takes: OFFSET_STREAM,
    answers: { 204: null },
    tells: { 204: SHOWN },
    refuses: ['precondition_failed', 'upload_elsewhere', 'upload_locked'],
  },
  endUpload: {
    ...common,
    method: 'DELETE',
    path: '/v1/uploads/{f}',
    summary: 'End an upload, or delete a file that is on no message',
    params,
    heeds: [RESUMABLE],
    answers: { 204: null },
    tells: { 204: ['Tus-Resumable', 'Cache-Control'] },
    refuses: ['precondition_failed'],
  },
  readFile: {
    ...common,
    method: 'GET',
    path: '/v1/files/{f}',
    summary: 'Read a file',
    description:
      'For those who may read a message that has it, and for whoever uploaded it. Only pictures, sound and film of known kinds are `inline`. An address of `POST /v1/files/urls` needs no session.',
    params,
    heeds: [
      {
        name: 'Range',
        description: 'One range of bytes. Others than one are ignored, and the whole file comes.',
        schema: { type: 'string', examples: ['bytes=0-1023'] },
      },
      {
        name: 'If-None-Match',
        description: 'The `ETag` of a copy: 304 where that is the file.',
        schema: { type: 'string' },
      },
      {
        name: 'If-Range',
        description: 'The `ETag` of a part: of another file the whole comes.',
        schema: { type: 'string' },
      },
    ],
    givesBytes: true,
    answers: { 200: null, 206: null, 304: null },
    tells: { 200: FILE, 206: [...FILE, 'Content-Range'], 304: FILE },
    refuses: ['range_not_satisfiable', 'busy'],
  },
}

export const isTransfer = (operation: Operation | Transfer): operation is Transfer => 'heeds' in operation
