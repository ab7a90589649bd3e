import type { Client } from '../client.ts'
import { Live, type Observable } from '../lib/live.ts'
import { ParlanceError } from '../rest/error.ts'
import { backoffMs } from '../wire/backoff.ts'
import { Pieces } from './pieces.ts'
import { Tus } from './tus.ts'

export interface UploadOptions {
  /** The file's name; that of a `File` unless said. */
  readonly name?: string
  /** Its media type; that of the `Blob` unless said. The server trusts the content more. */
  readonly type?: string
  /** The `id` of an upload of the same file that was begun earlier, such as before the page was loaded again. */
  readonly resume?: string
}

export interface UploadProgress {
  /** `waiting` tries again by itself; `failed` and `paused` only after `resume`. */
  readonly state: 'sending' | 'waiting' | 'paused' | 'failed' | 'done' | 'cancelled'
  /** Bytes that the server has. */
  readonly sent: number
  readonly size: number
  /** The reason of `waiting` and `failed`. */
  readonly failure?: ParlanceError
}

type UploadingClient = Pick<Client, 'rest' | 'runtime'>

/** A request that takes longer is given up; the server keeps what has come of it. */
const REQUEST_MS = 60_000
/** Characters of a name that are sent: a header has room for them in any script. */
const MOST_NAME = 200

/**
 * Uploads a file. A connection that breaks is waited for, and the upload goes on where it was; it ends when the server has
 * all, refuses it, or `cancel` is called.
 */
export const upload = (client: UploadingClient, file: Blob, options: UploadOptions = {}): Uploading =>
  new Uploading(client, file, options)

/** A file on its way. */
export class Uploading {
  readonly progress: Observable<UploadProgress>
  readonly #runtime: UploadingClient['runtime']
  readonly #tus: Tus
  readonly #file: Blob
  readonly #facts: { readonly name: string; readonly type: string }
  readonly #pieces = new Pieces()
  readonly #live: Live<UploadProgress>
  readonly #done = Promise.withResolvers<string>()
  #id: string | undefined
  #state: UploadProgress['state'] = 'paused'
  #sent = 0
  #failure: ParlanceError | undefined
  /** Whether the server has `#sent` bytes, as far as this client knows. */
  #isSure = false
  #run = new AbortController()

  constructor({ rest, runtime }: UploadingClient, file: Blob, options: UploadOptions) {
    const { name = 'name' in file ? String(file.name) : '', type = file.type, resume } = options
    this.#tus = new Tus(rest)
    this.#runtime = runtime
    this.#file = file
    this.#facts = { name: [...name].slice(0, MOST_NAME).join(''), type }
    this.#id = resume
    this.#live = new Live(() => this.#snapshot())
    this.progress = this.#live
    // Its progress shows it, and whoever asks is told.
    this.#done.promise.catch(() => undefined)
    this.resume()
  }

  /** The file's id, once the server has given it one: with it an upload is gone on with later. */
  get id(): string | undefined {
    return this.#id
  }

  /** Resolves with the file's id when the server has all of it, for `attachments` of a message. Throws `discarded` after `cancel`. */
  done(): Promise<string> {
    return this.#done.promise
  }

  /** Stops until `resume`. The server keeps for a day the bytes that it has. */
  pause(): void {
    if (this.#state !== 'sending' && this.#state !== 'waiting') return
    this.#run.abort()
    this.#show('paused')
  }

  /** Goes on after `pause`, or after a failure. */
  resume(): void {
    if (this.#state !== 'paused' && this.#state !== 'failed') return
    this.#isSure = false
    this.#run = new AbortController()
    this.#show('sending')
    void this.#send(this.#run.signal)
  }

  /** Ends it, and removes what the server has; a file that hangs on a message stays. */
  cancel(): void {
    if (this.#state === 'cancelled') return
    this.#run.abort()
    this.#show('cancelled')
    this.#done.reject(new ParlanceError('discarded'))
    // The server removes by itself what nobody goes on with.
    if (this.#id !== undefined) this.#tus.remove(this.#id).catch(() => undefined)
  }

  async #send(signal: AbortSignal): Promise<void> {
    let attempt = 0
    while (!signal.aborted) {
      const failure = await this.#step(signal).catch(asError)
      if (signal.aborted) return
      if (failure === undefined) attempt = 0
      else if (!this.#mayPass(failure)) {
        this.#show('failed', failure)
        return
      } else {
        attempt += 1
        this.#show('waiting', failure)
        await this.#rest(Math.max(failure.retryAfter ?? 0, backoffMs(attempt, this.#runtime.random)), signal)
        if (signal.aborted) return
        this.#show('sending')
      }
      if (this.#isSure && this.#sent === this.#file.size) {
        this.#show('done')
        this.#done.resolve(this.#id ?? '')
        return
      }
    }
  }

  /** One request: to begin, to ask where the upload stands, or with a piece of the file. */
  async #step(signal: AbortSignal): Promise<undefined> {
    const { size } = this.#file
    const request = new AbortController()
    const cancel = this.#runtime.after(REQUEST_MS, () => request.abort())
    const either = AbortSignal.any([signal, request.signal])
    try {
      if (this.#id === undefined) {
        this.#id = await this.#tus.begin({ size, ...this.#facts }, either)
        this.#reach(0)
      } else if (!this.#isSure) {
        const found = await this.#tus.find(this.#id, either)
        if (found.size === size) this.#reach(found.sent)
        else this.#id = undefined
      } else await this.#sendPiece(this.#id, either)
    } finally {
      cancel()
    }
  }

  async #sendPiece(id: string, signal: AbortSignal): Promise<void> {
    const from = this.#sent
    const piece = await this.#file
      .slice(from, from + this.#pieces.size)
      .arrayBuffer()
      .catch((cause) => Promise.reject(unreadable(cause)))
    const began = this.#runtime.now()
    this.#isSure = false
    const sent = await this.#tus.append({ id, from }, piece, signal)
    this.#pieces.took(this.#runtime.now() - began)
    this.#reach(sent)
  }

  #reach(sent: number): void {
    this.#sent = sent
    this.#isSure = true
    this.#live.changed()
  }

  /** Whether to try again; an upload that is gone is begun anew. */
  #mayPass({ code, status, retryable }: ParlanceError): boolean {
    this.#isSure = false
    if (code === 'disconnected') this.#pieces.broke()
    // Something between here and the server takes less: the server itself would say what is wrong.
    if (code === 'http_413') return this.#pieces.broke()
    if (status !== 404 && status !== 410) return retryable
    this.#id = undefined
    this.#sent = 0
    return true
  }

  /** Until then, or until the network is back, or the upload is stopped. */
  #rest(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.#runtime.after(ms, resolve)
    const stop = this.#runtime.onWake(resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
    return promise.finally(() => {
      cancel()
      stop()
    })
  }

  #show(state: UploadProgress['state'], failure?: ParlanceError): void {
    this.#state = state
    this.#failure = failure
    this.#live.changed()
  }

  #snapshot(): UploadProgress {
    const failure = this.#failure
    return { state: this.#state, sent: this.#sent, size: this.#file.size, ...(failure && { failure }) }
  }
}

const unreadable = (cause: unknown): ParlanceError =>
  new ParlanceError('unreadable', { detail: `The file cannot be read: ${cause}` })

function asError(error: unknown): ParlanceError {
  if (error instanceof ParlanceError) return error
  throw error
}
