/** Names of this cluster's keys and channels: several clusters may share one Redis. */
export class Names {
  readonly #cluster: string

  constructor(cluster: string) {
    this.#cluster = cluster
  }

  /** Without braces, which would make a part of it decide where it lies in a Redis Cluster. */
  channel(topic: string): string {
    return `parlance:${this.#cluster}:t:${topic.replace(/[%{}]/g, encodeURIComponent)}`
  }

  topic(channel: string): string {
    return channel.slice(this.channel('').length).replace(/%(25|7B|7D)/g, decodeURIComponent)
  }

  /** Where a large parcel lies: on the same server as its channel, to which it is told next. */
  parcel(topic: string, id: string): string {
    return `{${this.channel(topic)}}:${id}`
  }

  /** The key of a topic's last news: on its channel's server, so that the news is stored before it is published. */
  kept(topic: string): string {
    return `{${this.channel(topic)}}:kept`
  }

  key(name: string): string {
    return `parlance:${this.#cluster}:${name}`
  }

  /** A key of one presence set. All its keys are in one slot of a Redis Cluster, since scripts touch them together. */
  ofSet(set: string, part: 'members' | 'about' | 'total' | `of:${string}`): string {
    return `parlance:${this.#cluster}:{${set}}:${part}`
  }

  /** The names of the sets that a node holds members of. */
  setsOf(nodeId: string): string {
    return this.key(`sets:${nodeId}`)
  }
}
