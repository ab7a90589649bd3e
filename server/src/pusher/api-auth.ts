import { ApiError } from './api-error.ts'
import { isSame, type Signatures } from './signatures.ts'

const MAX_SKEW_SECONDS = 600

interface ApiRequest {
  readonly method: string
  /** As it stands in the request: path, `?`, query. */
  readonly url: string
}

/** A request whose signature is right. */
export interface SignedQuery {
  readonly params: URLSearchParams
  /** Hexadecimal; required of a request with a body. */
  readonly bodyMd5: string | undefined
}

/** Verifies what can be verified before the body is read, which the signature covers by its digest. */
export function authenticate(request: ApiRequest, signatures: Signatures, nowSeconds: number): SignedQuery {
  const { path, params } = splitUrl(request.url)
  if (!isSame(params.get('auth_key') ?? '', signatures.key)) throw unauthorized('Unknown auth_key')
  if (params.get('auth_version') !== '1.0') throw unauthorized('Version required: auth_version must be 1.0')
  checkTimestamp(params.get('auth_timestamp') ?? '', nowSeconds)
  const signature = params.get('auth_signature') ?? ''
  const signed = [path, decoded(path)].map((form) => textToSign(request.method, form, params))
  if (!signed.some((text) => signatures.isSigned(text, signature))) {
    const [text = ''] = signed
    throw unauthorized(
      `Invalid signature: you should have sent HmacSHA256Hex(${JSON.stringify(text)}, your_secret_key), but you sent ${JSON.stringify(signature)}`,
    )
  }
  return { params, bodyMd5: params.get('body_md5')?.toLowerCase() }
}

/** Method, path and the sorted query, as all libraries of Pusher sign them. */
function textToSign(method: string, path: string, params: URLSearchParams): string {
  const pairs = [...params]
    .map(([key, value]) => [key.toLowerCase(), value] as const)
    .filter(([key]) => key !== 'auth_signature')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return [method.toUpperCase(), path, pairs.map((pair) => pair.join('=')).join('&')].join('\n')
}

function checkTimestamp(timestamp: string, nowSeconds: number): void {
  if (!/^\d{1,15}$/.test(timestamp))
    throw unauthorized('Timestamp required: auth_timestamp must be an integer')
  if (Math.abs(Number(timestamp) - nowSeconds) <= MAX_SKEW_SECONDS) return
  throw unauthorized(
    `Timestamp expired: Given timestamp (${timestamp}) not within ${MAX_SKEW_SECONDS}s of server time (${nowSeconds})`,
  )
}

function splitUrl(url: string): { path: string; params: URLSearchParams } {
  const query = url.indexOf('?')
  return query < 0
    ? { path: url, params: new URLSearchParams() }
    : { path: url.slice(0, query), params: new URLSearchParams(url.slice(query)) }
}

/** Libraries sign the path before their HTTP client escapes it. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const unauthorized = (why: string): ApiError => new ApiError(401, why)
