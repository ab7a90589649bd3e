/** Where news of one kind about one thing travels. `T` is what its listeners receive. */
export interface Topic<T> {
  readonly name: string
  /** Only for the compiler: which news the topic carries. */
  readonly carries?: (news: T) => void
}

export const topic = <T>(name: string): Topic<T> => ({ name })

export type Listener<T> = (news: T) => void
export type Unsubscribe = () => void
/**
 * 'begun': for the first time since this node listens to the topic. 'resumed': after an outage. 'bereaved': a
 * node has died, perhaps before it published its last commit.
 */
export type Renewal = 'begun' | 'resumed' | 'bereaved'
export type OnRenewed = (why: Renewal) => void

/**
 * Carries news between nodes, this one included. At most once; in publishing order per topic and node.
 * It is never the truth: who must not miss anything reads the store.
 */
export interface Bus {
  /** Whether there are other nodes, whose news may come late, out of order, or not at all. */
  readonly isShared: boolean
  /** News is what JSON can carry. Must not be called before the commit that it reports. */
  publish<T>(topic: Topic<T>, news: T): void
  /**
   * Keeps news as the last of its topic, on all nodes, for listeners that come later; `publish` tells the present
   * ones. Kept news may be forgotten before its time: by an outage, a restart, or the bound of what is kept.
   */
  keep<T>(topic: Topic<T>, news: T, forMs: number): void
  /** The news that was kept last. Undefined when there is none, or none is known while other nodes are out of reach. */
  kept<T>(topic: Topic<T>): Promise<RetainedNews<T> | undefined>
  /**
   * A listener must not throw; one that does is reported and does not keep the news from the others.
   * `onRenewed` is called when news of other nodes, some of which may have been missed, from now on comes.
   */
  subscribe<T>(topic: Topic<T>, listener: Listener<T>, onRenewed?: OnRenewed): Unsubscribe
  /** Resolves once other nodes' news of a topic subscribed to arrives; at once while they are out of reach. */
  settled<T>(topic: Topic<T>): Promise<void>
  /** Sets shared by all nodes, each member present as long as one holder on a living node holds it. */
  readonly presence: PresenceSets
  /** Resolves when news travels. */
  ping(): Promise<void>
  /** Ends all. News that was published before still travels. */
  close(): Promise<void>
}

/** Kept news, and the milliseconds for which it is still kept. */
export interface RetainedNews<T> {
  readonly news: T
  readonly leftMs: number
}

/** While other nodes are out of reach, each node answers from what it knows of itself. */
export interface PresenceSets {
  /** Counts one more holder; true when the member was absent from the set before. */
  enter(set: string, member: string, about?: string): Promise<boolean>
  /** Counts one holder less; true when the member is now absent. Leaving without having entered does nothing. */
  leave(set: string, member: string): Promise<boolean>
  /** Replaces the `about` of a member, which the caller holds; later answers of any node have the new one. */
  describe(set: string, member: string, about: string): Promise<void>
  /** Member → its `about`, from its first entry or the last `describe`. */
  members(set: string): Promise<ReadonlyMap<string, string>>
  count(set: string): Promise<number>
  has(set: string, member: string): Promise<boolean>
  /** How many holders all members of the set have together. */
  countHolders(set: string): Promise<number>
  /** Names of the sets that are not empty and start with the prefix. */
  names(prefix: string): Promise<readonly string[]>
  /** For callers that ask after an outage: resolves when every node has had time to restore its holders. */
  settled(): Promise<void>
  /** Tells of members that come or go without their holders' doing: each on one node of the cluster. */
  onShift(listener: ShiftListener): void
}

/** A listener's rejection is reported. */
export type ShiftListener = (shift: PresenceShift) => void | Promise<void>

/** A member went with its node, or is back with it. */
export interface PresenceShift {
  readonly set: string
  readonly member: string
  readonly about: string
  readonly isPresent: boolean
  /** The set had been lost: who was told that the member went should know better, others know. */
  readonly isRepeated: boolean
}
