import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, writeFileSync } from 'node:fs'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../support/free-port.ts'
import type { Owner } from '../support/owner.ts'
import type { Behind } from './balancer.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../../..')
const CHECKOUT = ['compose.yaml', 'Dockerfile', '.dockerignore', 'package.json', 'package-lock.json']
const FOLDERS = ['deploy', 'protocol', 'server', 'sdk/package.json', 'bench/package.json']

/** The containers of compose.yaml, from a checkout of their own that was set up as docs/growing.md tells. */
export class Installation {
  readonly balancer: Behind
  /** Settings by which a node outside of Docker would join the cluster. */
  readonly engines: { readonly DATABASE_URL: string; readonly REDIS_URL: string }
  readonly #folder: string

  private constructor(folder: string, { balancer, engines }: Pick<Installation, 'balancer' | 'engines'>) {
    this.#folder = folder
    this.balancer = balancer
    this.engines = engines
  }

  /** Runs, with those settings in its .env, until its owner ends. */
  static async start(owner: Owner, settings: Readonly<Record<string, string>>): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'parlance-compose-'))
    owner.after(() => rm(folder, { recursive: true }))
    for (const path of [...CHECKOUT, ...FOLDERS]) {
      cpSync(join(ROOT, path), join(folder, path), {
        recursive: true,
        filter: (source) => !source.endsWith('node_modules'),
      })
    }
    const words = { ...settings, POSTGRES_PASSWORD: aPassword(), REDIS_PASSWORD: aPassword() }
    writeFileSync(join(folder, '.env'), linesOf(words))
    const ports = {
      web: await freePort(),
      tcp: await freePort(),
      sql: await freePort(),
      redis: await freePort(),
    }
    writeFileSync(join(folder, 'compose.override.yaml'), overrides(ports))
    const installation = new Installation(folder, {
      balancer: { url: `http://127.0.0.1:${ports.web}`, tcpPort: ports.tcp },
      engines: {
        DATABASE_URL: `postgres://parlance:${words.POSTGRES_PASSWORD}@127.0.0.1:${ports.sql}/parlance`,
        REDIS_URL: `redis://:${words.REDIS_PASSWORD}@127.0.0.1:${ports.redis}/0`,
      },
    })
    owner.after(async () => void (await installation.compose('down', '--volumes', '--timeout=20')))
    await installation.up()
    return installation
  }

  /** The command of docs/growing.md. */
  up = (): Promise<string> => this.compose('up', '--build', '--wait')

  /** `docker compose` with those words; answers what it printed. */
  async compose(...words: readonly string[]): Promise<string> {
    const { stdout } = await run('docker', ['compose', '--project-name', 'parlance-test', ...words], {
      cwd: this.#folder,
    })
    return stdout
  }

  /** The ids of the containers of those services, in this order. */
  async containersOf(...services: readonly string[]): Promise<readonly string[]> {
    const outputs = await Promise.all(services.map((name) => this.compose('ps', '--all', '--quiet', name)))
    return outputs.map((output) => output.trim())
  }

  /** The exit codes of those services' containers. */
  async exitCodesOf(...services: readonly string[]): Promise<readonly number[]> {
    const containers = await this.containersOf(...services)
    return Promise.all(
      containers.map(async (container) =>
        Number(await docker('inspect', '--format={{.State.ExitCode}}', container)),
      ),
    )
  }

  /** The id of the image that the service runs. */
  async imageOf(service: string): Promise<string> {
    return docker('inspect', '--format={{.Image}}', ...(await this.containersOf(service)))
  }

  /** The checkout becomes that of another commit. */
  changeVersion = (): Promise<void> =>
    appendFile(join(this.#folder, 'server/src/main.js'), '// Another version.\n')
}

/** `docker` with those words; answers what it printed. */
export async function docker(...words: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', words)
  return stdout.trim()
}

const aPassword = () => randomBytes(24).toString('hex')

const linesOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

/** Ports that are free here, and no more open files than we may allow: an engine in a sandbox has our limit. */
function overrides({
  web,
  tcp,
  sql,
  redis,
}: Readonly<Record<'web' | 'tcp' | 'sql' | 'redis', number>>): string {
  const hardLimit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim()
  const files = hardLimit === 'unlimited' ? '200000' : String(Math.min(Number(hardLimit), 200_000))
  const limits = `ulimits: { nofile: ${files} }`
  return `services:
  one: { ${limits} }
  two: { ${limits} }
  balancer: { ${limits}, ports: !override ['127.0.0.1:${web}:8000', '127.0.0.1:${tcp}:2004'] }
  database: { ports: ['127.0.0.1:${sql}:5432'] }
  redis: { ports: ['127.0.0.1:${redis}:6379'] }
`
}
