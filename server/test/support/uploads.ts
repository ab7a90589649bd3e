import assert from 'node:assert/strict'
import { Upload } from 'tus-js-client'
import type { NativeHttp } from './native-http.ts'

/** A picture of one pixel, and its beginning with other dimensions. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

interface UploadFacts {
  readonly name?: string
  readonly type?: string
}

/** Uploads by an unmodified tus client, and answers the file's id. */
export async function upload(
  { url, token }: NativeHttp,
  bytes: string | Buffer,
  { name = 'a.txt', type = 'text/plain' }: UploadFacts = {},
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const sending = new Upload(Buffer.from(bytes), {
    endpoint: `${url}/v1/uploads`,
    headers: { authorization: `Bearer ${token}` },
    metadata: { filename: name, filetype: type },
    onSuccess: () => resolve(),
    onError: reject,
  })
  sending.start()
  await promise
  return idOf(sending.url)
}

export function idOf(url: string | null): string {
  const id = url?.split('/').at(-1) ?? ''
  assert.match(id, /^f_/)
  return id
}

/** A request of tus as bytes, for what no client sends. */
export async function tus(
  { url, token }: NativeHttp,
  method: string,
  path: string,
  {
    headers = {},
    body,
  }: { headers?: Readonly<Record<string, string>>; body?: string | Uint8Array<ArrayBuffer> } = {},
): Promise<Response> {
  return fetch(`${url}${path}`, {
    ...{ method, redirect: 'error' },
    headers: { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0', ...headers },
    ...(body !== undefined && { body }),
  })
}

export const OFFSET = 'application/offset+octet-stream'

/** A file by its id, as its reader gets it. */
export const file = (
  { url, token }: NativeHttp,
  id: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(`${url}/v1/files/${id}`, {
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
  })
