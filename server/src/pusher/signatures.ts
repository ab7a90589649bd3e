import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { ChannelAuth, PusherCredentials } from './publisher.ts'

/** Everything Pusher signs, with HMAC SHA-256 in hexadecimal. Comparisons take the same time however wrong. */
export class Signatures {
  readonly key: string
  readonly #secret: string

  constructor(credentials: PusherCredentials) {
    this.key = credentials.key
    this.#secret = credentials.secret
  }

  sign(text: string): string {
    return createHmac('sha256', this.#secret).update(text).digest('hex')
  }

  isSigned(text: string, signature: string): boolean {
    return isSame(signature, this.sign(text))
  }

  authorizeChannel(socketId: string, channel: string, channelData?: string): ChannelAuth {
    if (channelData === undefined) return { auth: this.#auth(`${socketId}:${channel}`) }
    return { auth: this.#auth(`${socketId}:${channel}:${channelData}`), channel_data: channelData }
  }

  mayJoin(auth: string, subscription: { socketId: string; channel: string; channelData?: string }): boolean {
    const { socketId, channel, channelData } = subscription
    return isSame(auth, this.authorizeChannel(socketId, channel, channelData).auth)
  }

  maySignIn(auth: string, socketId: string, userData: string): boolean {
    return isSame(auth, this.#auth(`${socketId}::user::${userData}`))
  }

  #auth(text: string): string {
    return `${this.key}:${this.sign(text)}`
  }
}

export const md5 = (body: Buffer): string => createHash('md5').update(body).digest('hex')

export function isSame(given: string, expected: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
