import { type Bus, type Topic, topic, type Unsubscribe } from '../../bus/bus.ts'
import type { Account, AccountId, Chat } from '../../core/chat.ts'
import type { AccountNews, Feeds } from '../../delivery/index.ts'
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
/** Of this node, to be told again; the oldest go. */
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
  readonly #chat: Chat
  readonly #bus: Bus
  readonly #feeds: Feeds
  readonly #log: Logger
  readonly #deadlines: Deadlines | undefined
  readonly #known = new Map<string, Deadline | undefined>()
  /** By socket id and account. */
  readonly #told = new Map<string, Proof>()
  readonly #unsubscribe: Unsubscribe[]

  constructor({ server, chat, bus, feeds, log, deadlines }: ProvenConnectionsOptions) {
    this.#server = server
    this.#chat = chat
    this.#bus = bus
    this.#feeds = feeds
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

  /** Who has heard one does nothing. */
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
    const forget = this.#feeds.followAccount(accountId, (news) => {
      if (isOutdated(proof, news)) connection.terminate()
    })
    const arrived = this.#arrive(proof, connection)
    connection.onClose(() => {
      this.#known.delete(key)
      deadline?.cancel()
      forget()
      arrived.then((depart) => depart?.()).catch((err) => this.#report(err))
    })
  }

  /** Counts the account as online. Answers how to stop that. */
  async #arrive(proof: Proof, connection: PusherConnection): Promise<(() => Promise<void>) | undefined> {
    try {
      const account = await this.#chat.accounts.find(proof.accountId)
      if (account?.credentialsSince === proof.credentialsSince)
        return await this.#chat.presence.connect(account)
      // Revoked between the check of the token and the subscription above.
      connection.terminate()
    } catch (err) {
      this.#report(err)
    }
    return undefined
  }

  #report(err: unknown): void {
    this.#log.error({ err }, 'presence of a Pusher connection failed')
  }
}

const isOutdated = ({ credentialsSince }: Proof, news: AccountNews): boolean =>
  (news.type === 'account.revoked' && credentialsSince < news.credentialsSince) ||
  (news.type === 'account.reviewed' && credentialsSince !== news.credentialsSince)
