import type { Where } from '../support/clients/index.ts'
import type { Owner } from '../support/owner.ts'
import { type ServerProcess, spawnCheapServer } from '../support/process.ts'
import type { CuttableProxy } from '../support/proxy.ts'
import { START_MS, until } from '../support/until.ts'

export type EngineName = keyof typeof ADDRESSES

/** The setting that says where an engine is. */
export const ADDRESSES = { postgres: 'DATABASE_URL', redis: 'REDIS_URL' } as const

interface NodeOptions {
  readonly owner: Owner
  readonly port: number
  readonly tcpPort: number
  readonly settings: Readonly<Record<string, string>>
  /** How it reaches the engines, where that can be cut. */
  readonly ways: ReadonlyMap<EngineName, CuttableProxy>
}

/** A server of the cluster, as a process of its own. It is at one address however often it is started. */
export class Node implements Where {
  readonly url: string
  readonly tcpPort: number
  readonly #options: NodeOptions
  #process: ServerProcess | undefined

  constructor(options: NodeOptions) {
    this.#options = options
    this.url = `http://127.0.0.1:${options.port}`
    this.tcpPort = options.tcpPort
  }

  get isRunning(): boolean {
    return this.#process?.child.exitCode === null && this.#process.child.signalCode === null
  }

  /** All that it has printed since its last start. */
  get output(): string {
    const { stdout = '', stderr = '' } = this.#process?.output ?? {}
    return stdout + stderr
  }

  /** Lines of its log; its start-up block is not among them. */
  get warnings(): readonly string[] {
    return this.output.split('\n').filter((line) => line.startsWith('{'))
  }

  /** Resolves when it says that it is ready. */
  async start(): Promise<void> {
    this.launch()
    await until('the node to be ready', () => this.isReady || !this.isRunning, START_MS)
    if (!this.isReady) throw new Error(`a node ended: ${this.output}`)
  }

  /** As `start`, without waiting. */
  launch(): void {
    const { owner, port, tcpPort, settings } = this.#options
    const ports = { PORT: String(port), ROOMS_TCP_PORT: String(tcpPort) }
    this.#process = spawnCheapServer(owner, { ...settings, ...ports })
  }

  get isReady(): boolean {
    return this.output.includes('Parlance is ready')
  }

  /** Ends it as a crash would: nobody is told anything. */
  async kill(): Promise<void> {
    this.#process?.child.kill('SIGKILL')
    await this.#process?.exited
  }

  /** Asks it to end as a service manager does. Resolves with its exit code. */
  async stop(): Promise<number | string | undefined> {
    this.#process?.child.kill('SIGTERM')
    return await this.#process?.exited
  }

  /** Its sockets stay open, and it does nothing. */
  pause(): void {
    this.#process?.child.kill('SIGSTOP')
  }

  resume(): void {
    this.#process?.child.kill('SIGCONT')
  }

  /** Its connections to the engine drop, and new ones do too until `reconnect`. */
  cutFrom(engine: EngineName): void {
    this.#wayTo(engine).cut('stay')
  }

  /** Holds the node's bytes to the engine back, until `release`. */
  hold(engine: EngineName): void {
    this.#wayTo(engine).hold()
  }

  /** On how many connections it says something with the word in it that waits. */
  countHeld(engine: EngineName, word: string): number {
    return this.#wayTo(engine).countHeld(word)
  }

  async release(engine: EngineName): Promise<void> {
    await this.#wayTo(engine).release()
  }

  /** The engine's answers no longer arrive, on new connections neither until `reconnect`. */
  muteFrom(engine: EngineName): void {
    this.#wayTo(engine).mute()
  }

  reconnect(): void {
    for (const way of this.#options.ways.values()) way.restore()
  }

  #wayTo(engine: EngineName): CuttableProxy {
    const way = this.#options.ways.get(engine)
    if (!way) throw new Error(`the node's way to ${engine} cannot be cut`)
    return way
  }

  /** Whether the node reports that it reaches both engines. */
  async isWell(): Promise<boolean> {
    return (await askReady(this))?.status === 'ok'
  }
}

/** The state of each part of a node, as its readiness check reports it; undefined when it does not answer. */
export async function askReady({ url }: Node): Promise<Readonly<Record<string, string>> | undefined> {
  const answer = await fetch(`${url}/readyz`).catch(() => undefined)
  return answer && ((await answer.json()) as Record<string, string>)
}
