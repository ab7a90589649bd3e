import type { Rest } from '../rest/rest.ts'

const UPLOADS = '/v1/uploads'

/** A file as its upload is begun. */
export interface NewUpload {
  readonly size: number
  readonly name: string
  readonly type: string
}

/** The requests of tus 1.0. Each throws a `ParlanceError`. */
export class Tus {
  readonly #rest: Pick<Rest, 'request'>

  constructor(rest: Pick<Rest, 'request'>) {
    this.#rest = rest
  }

  /** Begins an upload, and answers its id. */
  async begin({ size, name, type }: NewUpload, signal: AbortSignal): Promise<string> {
    const metadata = { filename: name, filetype: type }
    const response = await this.#ask('', {
      method: 'POST',
      headers: { 'Upload-Length': String(size), 'Upload-Metadata': metadataText(metadata) },
      signal,
    })
    return response.headers.get('Location')?.split('/').at(-1) ?? ''
  }

  /** The bytes that the server has, and those that it was told to expect. */
  async find(id: string, signal: AbortSignal): Promise<{ readonly sent: number; readonly size: number }> {
    const response = await this.#ask(`/${id}`, { method: 'HEAD', signal })
    return { sent: sentIn(response), size: Number(response.headers.get('Upload-Length')) }
  }

  /** Sends bytes that begin at `from`, and answers how many the server has then. */
  async append(
    { id, from }: { readonly id: string; readonly from: number },
    body: ArrayBuffer,
    signal: AbortSignal,
  ): Promise<number> {
    const headers = { 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' }
    return sentIn(await this.#ask(`/${id}`, { method: 'PATCH', headers, body, signal }))
  }

  async remove(id: string): Promise<void> {
    await this.#ask(`/${id}`, { method: 'DELETE' })
  }

  #ask(path: string, { headers, ...init }: Parameters<Rest['request']>[1]): Promise<Response> {
    return this.#rest.request(UPLOADS + path, { ...init, headers: { 'Tus-Resumable': '1.0.0', ...headers } })
  }
}

const sentIn = ({ headers }: Response): number => Number(headers.get('Upload-Offset'))

const metadataText = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} ${btoa(String.fromCharCode(...new TextEncoder().encode(value)))}`)
    .join(',')
