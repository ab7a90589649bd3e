import { CODES, type PusherCode } from './errors.ts'

export interface HandshakeRefusal {
  readonly code: PusherCode
  readonly message: string
}

const APP_PATH = /^\/app\/([^/]+)$/
/** From 4 on subscriptions are confirmed; later versions change nothing that a client may not ignore. */
const OLDEST_PROTOCOL = 4
const NEWEST_PROTOCOL = 7

/** The key in `/app/<key>`. */
export function keyIn(path: string): string | undefined {
  const key = APP_PATH.exec(path)?.[1]
  try {
    return key && decodeURIComponent(key)
  } catch {
    return key
  }
}

/** Undefined when the client may connect. */
export function refusedHandshake(handshake: {
  key: string
  expectedKey: string
  url: string
}): HandshakeRefusal | undefined {
  const { key, expectedKey, url } = handshake
  if (key !== expectedKey) return { code: CODES.unknownApp, message: 'Application does not exist' }
  const start = url.indexOf('?')
  const version = new URLSearchParams(start < 0 ? '' : url.slice(start)).get('protocol')
  if (version === null || version === '') {
    return { code: CODES.noVersion, message: 'No protocol version supplied' }
  }
  if (!/^\d{1,9}$/.test(version)) {
    return { code: CODES.invalidVersion, message: 'Invalid version string format' }
  }
  if (Number(version) < OLDEST_PROTOCOL || Number(version) > NEWEST_PROTOCOL) {
    return { code: CODES.unsupportedVersion, message: 'Unsupported protocol version' }
  }
  return undefined
}
