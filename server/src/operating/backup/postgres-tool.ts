import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CommandEnd } from '../../lib/command-end.ts'
import { parsePostgresAddress } from '../../lib/postgres-address.ts'

type Tool = 'pg_dump' | 'pg_restore'

/** Characters that are kept of what a program says: its end names the error. */
const SAID = 4_000

interface Run {
  readonly args: readonly string[]
  /** The database that it connects to, if any. */
  readonly url?: string
  readonly input?: Readable
  /** Reads standard output to its end. */
  readonly read?: (output: Readable) => Promise<void>
}

/** Variables of the command's own environment: where programs are found. */
export interface ToolEnvironment {
  readonly PATH?: string | undefined
  readonly HOME?: string | undefined
}

/** PostgreSQL's own programs. */
export class PostgresTools {
  readonly #environment: ToolEnvironment
  /** Ends a program that runs. */
  readonly #signal: AbortSignal

  constructor({ PATH, HOME }: ToolEnvironment, signal: AbortSignal) {
    this.#environment = { PATH, HOME }
    this.#signal = signal
  }

  /**
   * Runs one to its end. The address goes to it by its environment: others may see the words of a command. Throws
   * `CommandEnd` with what it says when it fails, or where there is none.
   */
  async run(tool: Tool, { args, url, input, read }: Run): Promise<void> {
    const signal = this.#signal
    signal.throwIfAborted()
    const env = { ...this.#environment, LC_ALL: 'C', ...(url && addressIn(url)) }
    const child = spawn(tool, args, {
      env,
      stdio: [input ? 'pipe' : 'ignore', read ? 'pipe' : 'ignore', 'pipe'],
    })
    const stop = () => child.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-SAID)
    })
    try {
      const flows = [feed(child, input), child.stdout && read?.(child.stdout)]
      const [[code, killedBy]] = await Promise.all([once(child, 'close'), ...flows])
      signal.throwIfAborted()
      if (code !== 0) throw new CommandEnd(`${tool} has failed: ${reasonIn(said) ?? killedBy ?? code}.`)
    } catch (error) {
      signal.throwIfAborted()
      throw isCode(error, 'ENOENT') ? absent(tool, error) : error
    } finally {
      signal.removeEventListener('abort', stop)
      stop()
    }
  }

  /** Throws `CommandEnd` where a program is not there, or older than the server: it would not know all of it. */
  async require(tool: Tool, server: number): Promise<void> {
    let said = ''
    const read = async (output: Readable) => {
      for await (const piece of output) said = (said + piece).slice(0, SAID)
    }
    await this.run(tool, { args: ['--version'], read })
    const version = Number(/\b(\d+)(\.\d+|\w*)/.exec(said)?.[1] ?? 0)
    if (version >= server) return
    throw new CommandEnd(
      `${tool} is of version ${version}, and the server of ${server}: install PostgreSQL's client programs of version ${server} or newer, or put them first in PATH.`,
    )
  }
}

async function feed({ stdin }: ChildProcess, input: Readable | undefined): Promise<void> {
  if (!stdin || !input) return
  try {
    await pipeline(input, stdin)
  } catch (error) {
    // The program has ended before it took all: its exit code and its last line say why.
    if (!isCode(error, 'EPIPE') && !isCode(error, 'ERR_STREAM_PREMATURE_CLOSE')) throw error
  }
}

/** The line that names the error, without the program's name and the full stop. */
function reasonIn(said: string): string | undefined {
  const lines = said.trim().split('\n')
  const line = lines.find((each) => /error:|fatal:/i.test(each)) ?? lines.at(-1)
  return line?.replace(/^pg_\w+: (error: )?/, '').replace(/\.$/, '') || undefined
}

const absent = (tool: Tool, cause: unknown): CommandEnd =>
  new CommandEnd(
    `${tool} is not to be found: install PostgreSQL's client programs (postgresql-client), or name their folder in PATH.`,
    { cause },
  )

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/** The address as libpq's variables: https://www.postgresql.org/docs/current/libpq-envars.html */
function addressIn(url: string): Readonly<Record<string, string>> {
  const { host, port, database, user, password, tls, settings } = parsePostgresAddress(url)
  const isChecked = tls.mode === 'verify-ca' || tls.mode === 'verify-full'
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${escaped(value)}`)
  const all = {
    PGHOST: host,
    PGPORT: String(port),
    PGDATABASE: database,
    PGUSER: user,
    PGPASSWORD: password,
    PGSSLMODE: tls.mode,
    PGSSLROOTCERT: tls.ca ?? (isChecked ? 'system' : undefined),
    PGSSLCERT: tls.cert,
    PGSSLKEY: tls.key,
    PGOPTIONS: options.length > 0 ? options.join(' ') : undefined,
    PGAPPNAME: 'parlance',
    PGCONNECT_TIMEOUT: '10',
  }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

const escaped = (value: string): string => value.replace(/[\\ ]/g, '\\$&')
