import { type Bus, type Topic, topic, type Unsubscribe } from '../../bus/bus.ts'
import type { Account, AccountId, Chat } from '../../core/chat.ts'
import { type Feeds, LiveAccount, LiveAccounts, type LiveConnection } from '../../delivery/index.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Deadline, Deadlines } from '../../lib/deadlines.ts'
import type { Logger } from '../../observe/index.ts'
import type { PusherConnection, PusherServer } from '../../pusher/index.ts'

/** An account has proved to be behind a Pusher connection: it asked to have a subscription of it signed. */
interface Proof {
  readonly socketId: string
  readonly accountId: AccountId
  /** As it was when the account's token was checked. */
  readonly credentialsSince: number
  /** Expiry of that token. */
  readonly tokenExpiresAt: Micros
}

// Whichever node answered the request, the connection may be on any.
const PROOFS: Topic<Proof> = topic('channels:proofs')
/** A node that may have missed some asks the others for them. */
const MISSED: Topic<null> = topic('channels:proofs:missed')
/** Proofs of this node that are kept to be told again; past it the oldest go. */
const MAX_TOLD = 10_000

const keyOf = ({ accountId, socketId }: Proof): string => `${accountId}@${socketId}`

interface ProvenConnectionsOptions {
  readonly server: PusherServer
  readonly chat: Chat
  readonly bus: Bus
  readonly feeds: Feeds
  readonly log: Logger
  /** Undefined when a connection outlives the token that had it signed. */
  readonly deadlines: Deadlines | undefined
}

/**
 * Knows which accounts listen on this node's Pusher connections, and keeps them online meanwhile. A connection ends
 * when an account's credentials are revoked and, where there are deadlines, with the last token that had it signed.
 */
export class ProvenConnections {
  readonly #server: PusherServer
  readonly #bus: Bus
  readonly #liveAccounts: LiveAccounts
  readonly #log: Logger
  readonly #deadlines: Deadlines | undefined
  readonly #known = new Map<string, Deadline | undefined>()
  /** By socket id and account. */
  readonly #told = new Map<string, Proof>()
  readonly #unsubscribe: Unsubscribe[]

  constructor({ server, chat, bus, feeds, log, deadlines }: ProvenConnectionsOptions) {
    this.#server = server
    this.#bus = bus
    this.#liveAccounts = new LiveAccounts({
      chat,
      feeds,
      onError: (err, requestId) => this.#report(err, requestId),
    })
    this.#log = log
    this.#deadlines = deadlines
    this.#unsubscribe = [
      bus.subscribe(
        PROOFS,
        (proof) => this.#note(proof),
        (why) => {
          if (why === 'resumed') bus.publish(MISSED, null)
        },
      ),
      bus.subscribe(MISSED, () => this.#tellAgain()),
    ]
  }

  announce(
    { accountId, credentialsSince }: Account,
    { socketId, tokenExpiresAt }: Pick<Proof, 'socketId' | 'tokenExpiresAt'>,
  ): void {
    const proof = { socketId, accountId, credentialsSince, tokenExpiresAt }
    const key = keyOf(proof)
    this.#told.delete(key)
    this.#told.set(key, proof)
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= MAX_TOLD) break
      this.#told.delete(oldest)
    }
    this.#bus.publish(PROOFS, proof)
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
  }

  /** Nodes that know a proof already do nothing about it. */
  #tellAgain(): void {
    for (const proof of this.#told.values()) this.#bus.publish(PROOFS, proof)
  }

  #note(proof: Proof): void {
    const { socketId, accountId } = proof
    const connection = this.#server.findConnection(socketId)
    const key = keyOf(proof)
    if (!connection) return
    connection.belongTo(accountId)
    if (this.#known.has(key)) {
      this.#known.get(key)?.extend(proof.tokenExpiresAt)
      return
    }
    const deadline = this.#deadlines?.add(proof.tokenExpiresAt, () => connection.terminate())
    this.#known.set(key, deadline)
    const proven = new ProvenConnection(connection)
    const live = new LiveAccount(this.#liveAccounts, proof, proven)
    this.#open(live, connection).catch((err) => this.#report(err, connection.requestId))
    connection.onClose(() => {
      this.#known.delete(key)
      deadline?.cancel()
      proven.hasEnded = true
      live.end().catch((err) => this.#report(err, connection.requestId))
    })
  }

  async #open(live: LiveAccount, connection: PusherConnection): Promise<void> {
    if ((await live.open()) === 'revoked') connection.terminate()
  }

  #report(err: unknown, requestId: string | undefined): void {
    this.#log.error({ err, requestId }, 'presence of a Pusher connection failed')
  }
}

/** A Pusher connection as its account's news reaches it. Conversations reach it through Pusher's channels. */
class ProvenConnection implements LiveConnection {
  hasEnded = false
  readonly #connection: PusherConnection

  constructor(connection: PusherConnection) {
    this.#connection = connection
  }

  get requestId(): string {
    return this.#connection.requestId
  }

  onRevoked(): void {
    this.#connection.terminate()
  }
}
