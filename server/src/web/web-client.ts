import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { pathOf } from '../transport/index.ts'
import { ENCODINGS, type Encoding, isAccepted } from './accepted-encoding.ts'
import { PAGE_HEADERS } from './page-headers.ts'
import { PLAYGROUND, type Playground } from './playground/playground.ts'

/** Paths of the web client besides `/`. One that ends in a slash stands for all below it. */
export const WEB_PATHS = ['/assets/', '/favicon.svg', '/worker.js', PLAYGROUND, `${PLAYGROUND}/`] as const

const BUILT = join(import.meta.dirname, '../../../web/dist')

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}
/** Names with a hash of what they hold: another content has another name. */
const IS_HASHED = /^\/assets\//
const ENDINGS: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz', identity: '' }

interface File {
  readonly type: string
  readonly etag: string
  /** As it was built: not every file is smaller when it is compressed. */
  readonly bytes: ReadonlyMap<Encoding, Buffer>
}

/** The web client as it was built, in memory: it is some hundred kilobytes. */
export interface WebClient {
  /** Whether the playground was built too. */
  readonly hasPlayground: boolean
  /** Answers the request if it asks for one of the client's files. */
  handle(request: IncomingMessage, response: ServerResponse): boolean
}

/** Pages by their addresses: a page's own file name would be a second one. */
const PAGES: Readonly<Record<string, string>> = { '/': '/index.html', [PLAYGROUND]: '/playground.html' }
const PAGE_FILES: readonly string[] = Object.values(PAGES)

interface WebClientOptions {
  /** The folder that was built. */
  readonly directory?: string
  /** Decides who sees the page of the playground. Left out, nobody does. */
  readonly playground?: Playground | undefined
}

/** Undefined where the client was not built. */
export function openWebClient(options: WebClientOptions = {}): WebClient | undefined {
  const { directory = BUILT, playground } = options
  if (!existsSync(join(directory, 'index.html'))) return undefined
  const files = filesIn(directory)
  return {
    hasPlayground: files.has('/playground.html'),
    handle: (request, response) => {
      if (!isRead(request)) return false
      if (playground?.handle(request, response)) return true
      const path = pathOf(request)
      if (PAGE_FILES.includes(path) || (path === PLAYGROUND && !playground)) return false
      const file = files.get(PAGES[path] ?? path)
      if (!file) return false
      answer(file, request, response)
      return true
    },
  }
}

const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD'

function answer(file: File, request: IncomingMessage, response: ServerResponse): void {
  const isTaken = isAccepted(request.headers['accept-encoding'])
  const encoding = ENCODINGS.find((one) => file.bytes.has(one) && isTaken(one)) ?? 'identity'
  const bytes = file.bytes.get(encoding) ?? Buffer.alloc(0)
  const headers = {
    ...PAGE_HEADERS,
    'content-type': file.type,
    'cache-control': IS_HASHED.test(pathOf(request)) ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: file.etag,
    vary: 'accept-encoding',
  }
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304, headers).end()
    return
  }
  const encoded = encoding === 'identity' ? {} : { 'content-encoding': encoding }
  // Node leaves the bytes out when HEAD was asked.
  response.writeHead(200, { ...headers, ...encoded, 'content-length': bytes.length }).end(bytes)
}

function filesIn(directory: string): ReadonlyMap<string, File> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  const entries = names.flatMap((name) => {
    const type = TYPES[extname(name)]
    if (type === undefined) return []
    const read = (encoding: Encoding): Buffer | undefined => {
      const file = join(directory, name + ENDINGS[encoding])
      return existsSync(file) ? readFileSync(file) : undefined
    }
    const bytes = new Map(
      ENCODINGS.flatMap((encoding) => {
        const found = read(encoding)
        return found ? [[encoding, found] as const] : []
      }),
    )
    const etag = etagOf(bytes.get('identity') ?? Buffer.alloc(0))
    return [[`/${name.replaceAll('\\', '/')}`, { type, etag, bytes }] as const]
  })
  return new Map(entries)
}

/** Weak: the same content in another encoding has the same. */
const etagOf = (bytes: Buffer): string =>
  `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
