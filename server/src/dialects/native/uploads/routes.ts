import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  type AccountId,
  type Appending,
  type Chat,
  type FileId,
  IDLE_MICROS,
  MAX_FILE_BYTES,
  type StoredFile,
} from '../../../core/chat.ts'
import { MICROS_PER_SECOND } from '../../../lib/clock.ts'
import type { Limits } from '../../../transport/index.ts'
import { fileName } from '../../file-links.ts'
import { Budget } from '../budget.ts'
import type { Cors } from '../cors.ts'
import type { Credentials } from '../credentials.ts'
import { holding } from '../holding.ts'
import { fileIdIn } from '../names.ts'
import { invalid, noFileId, Refusal } from '../refusal.ts'
import {
  OFFSET_STREAM,
  requireTus,
  TUS_EXTENSIONS,
  TUS_VERSION,
  uploadLength,
  uploadMetadata,
  uploadOffset,
} from './headers.ts'
import { metered } from './metered.ts'

const ALL = '/v1/uploads'
const ONE = '/v1/uploads/:f'

interface UploadRoutesParts {
  readonly chat: Pick<Chat, 'uploads'>
  readonly credentials: Credentials
  readonly cors: Cors
  readonly limits: Limits
}

/** Uploads by tus 1.0: begun, gone on with after a break, ended. */
export function addUploads(app: FastifyInstance, parts: UploadRoutesParts): void {
  app.register(async (scope) => new UploadRoutes(parts).addTo(scope))
}

class UploadRoutes {
  readonly #parts: UploadRoutesParts
  readonly #budget: Budget
  readonly #askers = new WeakMap<FastifyRequest, AccountId>()

  constructor(parts: UploadRoutesParts) {
    this.#parts = parts
    this.#budget = new Budget(parts.limits, 'command')
  }

  addTo(scope: FastifyInstance): void {
    scope.addContentTypeParser(OFFSET_STREAM, (_request, payload, done) => done(null, payload))
    scope.addHook('onRequest', (request, reply) => this.#admit(request, reply))
    const options = async (request: FastifyRequest, reply: FastifyReply) => this.#tellOptions(request, reply)
    scope.options(ALL, options)
    scope.options(ONE, options)
    scope.post(ALL, (request, reply) => this.#begin(request, reply))
    scope.head(ONE, (request, reply) => this.#tell(request, reply))
    scope.patch(ONE, (request, reply) => this.#append(request, reply))
    scope.delete(ONE, (request, reply) => this.#end(request, reply))
    scope.post(ONE, (request, reply) => this.#asMethodSays(request, reply))
  }

  async #admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    reply.header('tus-resumable', TUS_VERSION).header('cache-control', 'no-store')
    if (request.method === 'OPTIONS') return
    const { account } = await this.#parts.credentials.authenticate(request.raw)
    this.#askers.set(request, account.accountId)
    requireTus(request.headers)
    requireNoQuery(request)
    this.#budget.take(reply, account.accountId)
  }

  #tellOptions(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { cors } = this.#parts
    const allow = request.routeOptions.url === ALL ? 'OPTIONS,POST' : 'DELETE,HEAD,OPTIONS,PATCH,POST'
    if (cors.isPreflight(request)) return cors.answerPreflight(reply, allow)
    return reply
      .code(204)
      .headers({ allow, 'tus-version': TUS_VERSION, 'tus-extension': TUS_EXTENSIONS })
      .header('tus-max-size', String(MAX_FILE_BYTES))
      .send()
  }

  async #begin(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const accountId = this.#askerOf(request)
    const { headers } = request
    const size = uploadLength(headers)
    const metadata = uploadMetadata(headers)
    const bytes = streamOf(request)
    const draft = { name: metadata.get('filename') ?? '', type: metadata.get('filetype'), size }
    const begun = await this.#parts.chat.uploads.begin(accountId, draft)
    if (!begun) throw new Refusal('quota_exceeded')
    reply.code(201).header('location', `${ALL}/${fileName(begun.fileId)}`)
    if (!bytes) return show(reply, begun).send()
    return show(
      reply,
      await this.#take(request, { accountId, fileId: begun.fileId, offset: 0 }, bytes),
    ).send()
  }

  async #tell(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const file = await this.#parts.chat.uploads.find(this.#askerOf(request), idIn(request))
    if (!file) throw new Refusal('not_found')
    return show(reply, file).code(200).header('upload-length', String(file.size)).send()
  }

  async #append(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const offset = uploadOffset(request.headers)
    const fileId = idIn(request)
    const bytes = streamOf(request)
    if (!bytes && request.headers['content-type'] !== OFFSET_STREAM)
      throw new Refusal('unsupported_media_type', { detail: `The body must be ${OFFSET_STREAM}.` })
    const place = { accountId: this.#askerOf(request), fileId, offset }
    return show(reply, await this.#take(request, place, bytes ?? Readable.from([])))
      .code(204)
      .send()
  }

  async #end(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (!(await this.#parts.chat.uploads.end(this.#askerOf(request), idIn(request))))
      throw new Refusal('not_found')
    return reply.code(204).send()
  }

  /** Clients behind what lets no PATCH through say the method in a header. */
  #asMethodSays(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const method = request.headers['x-http-method-override']
    if (method === 'PATCH') return this.#append(request, reply)
    if (method === 'DELETE') return this.#end(request, reply)
    if (method === 'HEAD') return this.#tell(request, reply)
    throw new Refusal('method_not_allowed')
  }

  /** Refuses where the bytes are not taken, or not all. */
  async #take(
    request: FastifyRequest,
    place: { accountId: AccountId; fileId: FileId; offset: number },
    bytes: Readable,
  ): Promise<StoredFile> {
    const { chat, limits } = this.#parts
    const { accountId } = place
    const letGo = holding(limits, [['upload', String(accountId)]])
    try {
      return taken(await chat.uploads.append(place, metered(bytes, { payer: accountId, limits })))
    } catch (error) {
      // The client has gone away; how far it had come is noted.
      if (bytes.errored || request.raw.errored)
        throw new Refusal('invalid_request', { detail: 'The body was cut off.' })
      throw error
    } finally {
      letGo()
    }
  }

  #askerOf(request: FastifyRequest): AccountId {
    const accountId = this.#askers.get(request)
    if (accountId === undefined) throw new Refusal('not_authorized')
    return accountId
  }
}

function taken(appending: Appending): StoredFile {
  switch (appending.kind) {
    case 'appended':
      return appending.file
    case 'absent':
      throw new Refusal('not_found')
    case 'locked':
      throw new Refusal('upload_locked')
    case 'elsewhere':
      throw new Refusal('upload_elsewhere', { headers: { 'upload-offset': String(appending.received) } })
    case 'too_long':
      throw new Refusal('payload_too_large', { detail: 'More came than Upload-Length had said.' })
  }
}

/** A complete file goes when it hangs on no message, too. */
const show = (reply: FastifyReply, { received, touchedAt }: StoredFile): FastifyReply =>
  reply.header('upload-offset', String(received)).header('upload-expires', httpDate(touchedAt + IDLE_MICROS))

const httpDate = (at: number): string => new Date((at / MICROS_PER_SECOND) * 1_000).toUTCString()

/** Undefined where there is no body. */
function streamOf({ body }: FastifyRequest): Readable | undefined {
  if (body instanceof Readable) return body
  if (Buffer.isBuffer(body) && body.length > 0)
    throw new Refusal('unsupported_media_type', { detail: `The body must be ${OFFSET_STREAM}.` })
  return undefined
}

function idIn({ params }: FastifyRequest): FileId {
  const name: unknown = Reflect.get(Object(params), 'f')
  const fileId = fileIdIn(typeof name === 'string' ? name : '')
  if (fileId === undefined) throw noFileId()
  return fileId
}

/** A slip in a name must not be silent. */
function requireNoQuery({ query }: FastifyRequest): void {
  const faults = Object.keys(Object(query)).map((name) => ({
    pointer: `?${name}`,
    detail: 'is no parameter here',
  }))
  if (faults.length > 0) throw invalid(...faults)
}
