import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  type AccountId,
  type ByteRange,
  type Chat,
  type CompleteFile,
  type FileId,
  toAccountId,
  toConversationId,
} from '../../../core/chat.ts'
import type { Clock } from '../../../lib/clock.ts'
import { isJsonObject } from '../../../lib/json.ts'
import type { AddressOf, Held, Limits } from '../../../transport/index.ts'
import { FILES_PATH, type FileLinks } from '../../file-links.ts'
import { Budget } from '../budget.ts'
import type { Credentials } from '../credentials.ts'
import { holding } from '../holding.ts'
import { fileIdIn } from '../names.ts'
import { noFileId, Refusal } from '../refusal.ts'
import { dispositionOf, servedType } from './disposition.ts'
import { rangeIn } from './range.ts'

interface FileRoutesParts {
  readonly chat: Pick<Chat, 'accounts' | 'downloads'>
  readonly clock: Clock
  readonly credentials: Credentials
  readonly limits: Limits
  readonly links: FileLinks
  readonly addressOf: AddressOf
}

/** A file, and how long its answer may be kept. */
interface Found {
  readonly file: CompleteFile
  readonly isSigned: boolean
  /** The account that reads; undefined where the address is a message's, whoever asks. */
  readonly reader: AccountId | undefined
}

/** As `Found`, before it is known whether there is such a file. */
interface Asked extends Pick<Found, 'reader'> {
  readonly file: CompleteFile | undefined
}

const NUMBER = /^[1-9]\d{0,15}$/

/** Serves files to those who may read them: by their session, or by an address that proves it. */
export function addFiles(app: FastifyInstance, parts: FileRoutesParts): void {
  const routes = new FileRoutes(parts)
  const answer = (request: FastifyRequest, reply: FastifyReply) => routes.answer(request, reply)
  app.get(`${FILES_PATH}/:f`, answer)
  app.head(`${FILES_PATH}/:f`, answer)
}

class FileRoutes {
  readonly #parts: FileRoutesParts
  readonly #budget: Budget

  constructor(parts: FileRoutesParts) {
    this.#parts = parts
    this.#budget = new Budget(parts.limits, 'command')
  }

  async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { file, isSigned, reader } = await this.#find(request, reply)
    const etag = `"${file.sha256}"`
    reply.headers({
      etag,
      'accept-ranges': 'bytes',
      'cache-control': isSigned ? 'private, no-store' : 'private, no-cache',
      'content-disposition': dispositionOf(file),
      'content-security-policy': "default-src 'none'; sandbox",
      // Its address is the permission to show it, on whichever page.
      'cross-origin-resource-policy': isSigned ? 'cross-origin' : 'same-site',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    const { headers } = request
    if (isKnown(headers['if-none-match'], etag)) return reply.code(304).send()
    const isSame = headers['if-range'] === undefined || headers['if-range'] === etag
    const range = isSame ? rangeIn(headers.range, file.size) : undefined
    if (range === null)
      throw new Refusal('range_not_satisfiable', { headers: { 'content-range': `bytes */${file.size}` } })
    if (range) reply.code(206).header('content-range', `bytes ${range.first}-${range.last}/${file.size}`)
    const length = range ? range.last - range.first + 1 : file.size
    reply.header('content-length', String(length)).type(servedType(file.type))
    if (request.method === 'HEAD') return reply.send()
    return reply.send(await this.#read({ file, reader, range }, request, reply))
  }

  /** Refuses 'rate_limited' where the account or the address reads too many files at a time. */
  async #read(
    { file, reader, range }: Pick<Found, 'file' | 'reader'> & { readonly range: ByteRange | undefined },
    { raw }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Readable> {
    const { chat, limits, addressOf } = this.#parts
    const address: Held = ['downloadFrom', addressOf(raw)]
    const letGo = holding(limits, reader === undefined ? [address] : [address, ['download', String(reader)]])
    // In whatever way the answer ends, also with an error; the client may have gone before it began.
    if (reply.raw.closed) letGo()
    else reply.raw.once('close', letGo)
    return chat.downloads.read(file, range)
  }

  async #find(request: FastifyRequest, reply: FastifyReply): Promise<Found> {
    const fileId = fileIdIn(String(Reflect.get(Object(request.params), 'f')))
    const query = new Map(Object.entries(isJsonObject(request.query) ? request.query : {}))
    const isSigned = query.size > 0
    const found = isSigned ? this.#bySignature(query, fileId) : this.#bySession(request, reply, fileId)
    const { file, reader } = (await found) ?? {}
    if (!file) throw new Refusal('not_found')
    return { file, isSigned, reader }
  }

  async #bySession(request: FastifyRequest, reply: FastifyReply, fileId: FileId | undefined): Promise<Asked> {
    const { account } = await this.#parts.credentials.authenticate(request.raw)
    const { accountId: reader } = account
    this.#budget.take(reply, reader)
    if (fileId === undefined) throw noFileId()
    return { file: await this.#parts.chat.downloads.find(reader, fileId), reader }
  }

  /** Nobody learns why an address is not good. */
  async #bySignature(
    query: ReadonlyMap<string, unknown>,
    fileId: FileId | undefined,
  ): Promise<Asked | undefined> {
    const { chat, links, clock } = this.#parts
    const text = (name: string): string => String(query.get(name) ?? '')
    if (fileId === undefined) return undefined
    const [conversation = '', seq = ''] = text('at').split('.')
    if (NUMBER.test(conversation) && NUMBER.test(seq)) {
      const place = { conversationId: toConversationId(Number(conversation)), seq: Number(seq) }
      const isOurs = links.isOnMessage(place, fileId, text('sig'))
      return isOurs ? { file: await chat.downloads.findOn(place, fileId), reader: undefined } : undefined
    }
    if (!NUMBER.test(text('account')) || !NUMBER.test(text('expires'))) return undefined
    const accountId = toAccountId(Number(text('account')))
    const expiresAt = Number(text('expires'))
    const isOurs = links.isForAccount({ accountId, expiresAt }, fileId, text('sig'))
    if (!isOurs || expiresAt <= clock.nowMicros()) return undefined
    const account = await chat.accounts.find(accountId)
    if (!account || account.isDisabled) return undefined
    return { file: await chat.downloads.find(accountId, fileId), reader: accountId }
  }
}

/** Whether an If-None-Match names the content. */
const isKnown = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some((one) => [etag, '*'].includes(one.trim().replace(/^W\//, '')))
