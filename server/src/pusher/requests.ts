import { unreachable } from '../lib/unreachable.ts'
import { channelKind, isTriggerTarget, userChannel } from './channel-name.ts'
import { type ClientEventsDeps, relayClientEvent } from './client-events.ts'
import type { Connection } from './connection.ts'
import { CODES, PusherError, SubscriptionError } from './errors.ts'
import { PONG, signedInFrame } from './frames.ts'
import type { OnlineUsers } from './online-users.ts'
import { QUOTAS } from './quotas.ts'
import type { Signatures } from './signatures.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { Users } from './users.ts'
import type { Watchlists } from './watchlists.ts'
import { type ClientMessage, type Member, parseUser, parseWatchlist, type SubscribeMessage } from './wire.ts'

interface RequestsDeps extends ClientEventsDeps {
  readonly signatures: Signatures
  readonly subscriptions: Subscriptions
  readonly users: Users
  readonly onlineUsers: Pick<OnlineUsers, 'add' | 'remove'>
  readonly watchlists: Watchlists
}

type SigninMessage = Extract<ClientMessage, { type: 'signin' }>

/** Does what a client asks, or throws a `PusherError`. */
export class Requests {
  readonly #deps: RequestsDeps

  constructor(deps: RequestsDeps) {
    this.#deps = deps
  }

  async run(connection: Connection, message: ClientMessage): Promise<void> {
    switch (message.type) {
      case 'ping':
        return connection.send(PONG)
      case 'pong':
        return
      case 'subscribe':
        return this.#subscribe(connection, message)
      case 'unsubscribe':
        return this.#unsubscribe(connection, message.channel)
      case 'signin':
        return this.#signIn(connection, message)
      case 'client_event':
        return relayClientEvent(this.#deps, connection, message)
      case 'invalid':
        throw new PusherError(null, message.why)
      default:
        return unreachable(message)
    }
  }

  /** For a connection that is gone. */
  forget(connection: Connection): void {
    this.#deps.subscriptions.dropAll(connection)
    this.#deps.watchlists.forget(connection)
    if (!connection.user) return
    this.#deps.users.remove(connection.user.userId, connection)
    this.#deps.onlineUsers.remove(connection.user.userId)
  }

  async #subscribe(connection: Connection, message: SubscribeMessage): Promise<void> {
    const { channel } = message
    const kind = channelKind(channel)
    if (!isTriggerTarget(channel)) {
      throw new SubscriptionError(shown(channel), 'InvalidChannel', 'Invalid channel name')
    }
    switch (kind) {
      case 'public':
        break
      case 'private':
      case 'encrypted':
        this.#authorize(connection, message)
        break
      case 'presence':
        this.#authorize(connection, message)
        return this.#deps.subscriptions.subscribe(connection, channel, memberOf(connection, message))
      case 'user':
        if (!connection.user || channel !== userChannel(connection.user.userId)) {
          throw new SubscriptionError(channel, 'AuthError', 'The connection has not signed in as this user')
        }
        break
      default:
        return unreachable(kind)
    }
    return this.#deps.subscriptions.subscribe(connection, channel, undefined)
  }

  #authorize({ socketId }: Connection, { channel, auth, channelData }: SubscribeMessage): void {
    const subscription = { socketId, channel, ...(channelData !== undefined && { channelData }) }
    if (this.#deps.signatures.mayJoin(auth, subscription)) return
    throw new SubscriptionError(channel, 'AuthError', `Invalid signature for channel ${channel}`)
  }

  async #unsubscribe(connection: Connection, channel: string): Promise<void> {
    if (await this.#deps.subscriptions.unsubscribe(connection, channel)) return
    throw new PusherError(null, `No current subscription to channel ${shown(channel)}`)
  }

  #signIn(connection: Connection, message: SigninMessage): void {
    const user = this.#userOf(connection, message)
    if (typeof user === 'string') {
      connection.fail(CODES.unauthorized, user)
      return
    }
    if (!connection.user) this.#deps.onlineUsers.add(user.userId)
    connection.user = user
    this.#deps.users.add(user.userId, connection)
    connection.send(signedInFrame(message.userData))
    const watchlist = parseWatchlist(message.userData)
    this.#deps.watchlists.set(connection, watchlist ?? [])
    if (watchlist) return
    const { watchlistLength } = QUOTAS
    throw new PusherError(
      CODES.watchlist,
      `Watchlist refused - a list of at most ${watchlistLength} user ids is expected`,
    )
  }

  /** The user, or the reason why the connection may not sign in as that user. */
  #userOf(connection: Connection, { auth, userData }: SigninMessage): Member | string {
    if (!this.#deps.signatures.maySignIn(auth, connection.socketId, userData)) {
      return 'Invalid signature for the user'
    }
    const user = parseUser(userData, 'id')
    if (!user || Buffer.byteLength(userData) > QUOTAS.userDataBytes) {
      return 'Invalid user data: an object with an "id" is expected'
    }
    if (connection.user && connection.user.userId !== user.userId) {
      return 'The connection has signed in as another user'
    }
    return user
  }
}

/** Not more of a name than a name may have. */
const shown = (channel: string): string => channel.slice(0, QUOTAS.channelNameLength)

/** The member that the signed data names; without such data, the user who has signed in. */
function memberOf(connection: Connection, { channel, channelData }: SubscribeMessage): Member {
  const member = channelData === undefined ? connection.user : parseUser(channelData, 'user_id')
  if (!member) {
    throw new SubscriptionError(
      channel,
      'InvalidData',
      'Presence channels need "channel_data": JSON of an object with a "user_id"',
    )
  }
  if (Buffer.byteLength(member.info) > QUOTAS.userInfoBytes) {
    throw new SubscriptionError(
      channel,
      'LimitReached',
      `"user_info" is larger than ${QUOTAS.userInfoBytes} bytes`,
    )
  }
  return member
}
