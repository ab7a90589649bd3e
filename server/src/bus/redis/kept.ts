import { owned } from '../../lib/guard.ts'
import { within } from '../../lib/within.ts'
import type { RetainedNews } from '../bus.ts'
import { type KeptEntry, KeptNews } from '../kept-news.ts'
import type { RedisLink } from './link.ts'
import type { Names } from './names.ts'
import { KEEP } from './scripts.ts'
import type { RedisCommands } from './wire.ts'

/** Milliseconds that a subscriber waits for Redis at most. */
const ANSWER_TIMEOUT_MS = 1_000

/**
 * The last news of topics, in Redis, so that a node that comes later knows it. Each node may put a bounded amount
 * there. While Redis is away a node knows only the news that it kept meanwhile, since other nodes may have replaced
 * the earlier news. It stores its own once Redis is back.
 */
export class RedisKept {
  readonly #link: RedisLink
  readonly #names: Names
  /** This node's news. Each entry has its text until Redis has stored it. */
  readonly #own: KeptNews

  constructor(link: RedisLink, names: Names) {
    this.#link = link
    this.#names = names
    this.#own = new KeptNews((topic) => this.#forget(topic))
  }

  keep(topic: string, news: unknown, forMs: number): void {
    const entry = this.#own.put(topic, JSON.stringify(news), forMs)
    const { wire } = this.#link
    if (wire) owned('redis', this.#say(wire.commands, topic, { entry, mode: 'newest' }))
  }

  async find<T>(topic: string): Promise<RetainedNews<T> | undefined> {
    const { wire } = this.#link
    const found = wire ? await this.#ask(wire.commands, topic) : this.#unsaid(topic)
    // The topic fixes the type: only its own news is kept under its name.
    return found && { news: JSON.parse(found.text) as T, leftMs: found.leftMs }
  }

  #unsaid(topic: string): { readonly text: string; readonly leftMs: number } | undefined {
    const { text, untilMs = 0 } = this.#own.get(topic) ?? {}
    return text === undefined ? undefined : { text, leftMs: untilMs - performance.now() }
  }

  async #ask(commands: RedisCommands, topic: string) {
    const key = this.#names.kept(topic)
    const asked = Promise.all([commands.hGetAll(key), commands.pTTL(key)])
    const [{ text }, leftMs] = await within(ANSWER_TIMEOUT_MS, 'Redis', asked).catch(() => NOTHING)
    return text === undefined || leftMs <= 0 ? undefined : { text, leftMs }
  }

  /** Stores, over a new wire, the news that Redis does not have yet. */
  async open(commands: RedisCommands): Promise<void> {
    for (const [topic, entry] of [...this.#own.texts()])
      await this.#say(commands, topic, { entry, mode: 'unless newer' })
  }

  /** Never rejects: the link itself finds out whether Redis is lost. */
  async #say(
    commands: RedisCommands,
    topic: string,
    { entry, mode }: { readonly entry: KeptEntry; readonly mode: 'newest' | 'unless newer' },
  ): Promise<void> {
    const leftMs = Math.ceil(entry.untilMs - performance.now())
    if (entry.text === undefined || leftMs <= 0) return
    const key = this.#names.kept(topic)
    try {
      const said = [entry.text, String(entry.atMs), String(leftMs), mode === 'newest' ? '1' : '0']
      await commands.eval(KEEP, { keys: [key], arguments: said })
      entry.text = undefined
    } catch {
      // Delete the earlier news: none is better than outdated. A Redis that refuses to store still deletes.
      await commands.del(key).catch(() => undefined)
    }
  }

  #forget(topic: string): void {
    this.#link.wire?.commands.del(this.#names.kept(topic)).catch(() => undefined)
  }
}

const NOTHING: readonly [Readonly<Record<string, string>>, number] = [{}, 0]
