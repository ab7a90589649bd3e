import type { Message } from '../protocol.ts'
import { refuse } from './refusal.ts'

type Attachment = Message['attachments'][number]

/** One upload of a fake server. */
export interface FakeUpload {
  readonly id: string
  /** The account that began it. */
  readonly owner: string
  readonly name: string
  readonly type: string
  readonly size: number
  /** The bytes that have come. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** A fake server's uploads, which speak as much of tus 1.0 as clients need. */
export class FakeUploads {
  readonly #all = new Map<string, FakeUpload>()
  #count = 0

  find(id: string): FakeUpload | undefined {
    return this.#all.get(id)
  }

  /** As the server would after a day. */
  remove(id: string): void {
    this.#all.delete(id)
  }

  answer(owner: string, path: string, { method, headers, body }: RequestInit): Response {
    const {
      'upload-length': length,
      'upload-offset': offset,
      'upload-metadata': metadata,
    } = Object.fromEntries(new Headers(headers))
    if (method === 'POST') return this.#begin(owner, Number(length), metadata ?? '')
    const found = this.#all.get(path.split('/').at(-1) ?? '')
    if (found?.owner !== owner) return refuse('not_found')
    if (method === 'DELETE') this.#all.delete(found.id)
    if (method !== 'PATCH') return stands(found)
    if (Number(offset) !== found.bytes.length) return refuse('upload_elsewhere')
    if (!(body instanceof ArrayBuffer)) throw new Error('a piece that is no ArrayBuffer')
    const bytes = new Uint8Array(found.bytes.length + body.byteLength)
    bytes.set(found.bytes)
    bytes.set(new Uint8Array(body), found.bytes.length)
    const longer = { ...found, bytes }
    this.#all.set(found.id, longer)
    return stands(longer)
  }

  /** Files of a message. */
  attached(owner: string, ids: readonly string[]): Attachment[] {
    return ids.map((id) => {
      const found = this.#all.get(id)
      if (found?.owner !== owner || found.bytes.length < found.size) refuse('not_found')
      const { name, type, size } = found
      return { id, name, type, size, width: null, height: null }
    })
  }

  #begin(owner: string, size: number, metadata: string): Response {
    const values = new Map(
      metadata.split(',').map((pair) => [pair.split(' ')[0], textIn(pair.split(' ')[1])]),
    )
    this.#count += 1
    const id = `f_${this.#count}`
    const [name = '', type = ''] = [values.get('filename'), values.get('filetype')]
    this.#all.set(id, { id, owner, name, type, size, bytes: new Uint8Array() })
    return new Response(null, {
      status: 201,
      headers: { Location: `/v1/uploads/${id}`, 'Upload-Offset': '0' },
    })
  }
}

const stands = ({ bytes, size }: FakeUpload): Response =>
  new Response(null, {
    status: 204,
    headers: { 'Upload-Offset': String(bytes.length), 'Upload-Length': String(size) },
  })

const textIn = (base64 = ''): string =>
  new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
