import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs'
import { BlockList } from 'node:net'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { rawTcpNames, readConfig, SETTING_NAMES } from '../../src/config/index.ts'
import { DIALECT_NAMES, DIALECTS } from '../../src/dialects/index.ts'
import { freePort } from '../support/free-port.ts'
import { endWithUs } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { START_MS, until } from '../support/until.ts'

// No Docker is needed here: what compose.yaml and the Dockerfile say is held against what the server reads.

const ROOT = join(import.meta.dirname, '../../..')
const run = promisify(execFile)
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

/** Mappings, lists and words: whatever looks like a number stays as it is written. */
type Yaml = string | readonly Yaml[] | { readonly [key: string]: Yaml }

const at = (yaml: Yaml | undefined, ...path: readonly string[]): Yaml | undefined =>
  path.reduce<Yaml | undefined>((value, key) => Reflect.get(Object(value), key), yaml)

const wordsAt = (yaml: Yaml | undefined, ...path: readonly string[]): Readonly<Record<string, string>> =>
  Object(at(yaml, ...path) ?? {})

const compose: Yaml = parse(read('compose.yaml'), { merge: true, schema: 'failsafe' })
const services = Object.keys(wordsAt(compose, 'services'))
const NODES = ['one', 'two']

/** As compose fills it in from .env; what is asked for there is a word. */
const filledIn = (text: string) =>
  text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name, kind, word) => (kind === '-' ? word : `a${name}`))

const environmentOf = (service: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(wordsAt(compose, 'services', service, 'environment')).map(([name, value]) => [
      name,
      filledIn(value),
    ]),
  )

const addressOf = (service: string) => at(compose, 'services', service, 'networks', 'default', 'ipv4_address')

for (const node of NODES) {
  test(`the server takes the settings of node ${node}: it is one of several, and believes the balancer`, () => {
    const environment = environmentOf(node)
    for (const name of Object.keys(environment))
      assert.ok(
        SETTING_NAMES.some((known) => known === name),
        name,
      )
    const config = readConfig(environment)
    assert.equal(config.host, '0.0.0.0')
    assert.deepEqual(new Set(config.rawPorts.map(({ host }) => host)), new Set(['0.0.0.0']))
    assert.deepEqual(config.trustedProxies, [addressOf('balancer')])
    assert.ok(config.database.kind === 'postgres')
    for (const url of [config.database.url, config.redisUrl ?? '']) {
      assert.ok(services.includes(new URL(url).hostname), url)
      assert.notEqual(new URL(url).password, '')
    }
    assert.equal(config.metricsToken, undefined)
  })

  test(`node ${node} has the time to stop that the server takes`, () => {
    const { drainSeconds } = readConfig(environmentOf(node))
    assert.ok(drainSeconds > 0)
    const grace = Number.parseInt(String(at(compose, 'services', node, 'stop_grace_period')), 10)
    assert.ok(grace > drainSeconds + 10, `${grace}`)
  })
}

test('the nodes and their database agree on who is who', () => {
  const { POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD } = environmentOf('database')
  const { username, password, pathname } = new URL(environmentOf('one').DATABASE_URL ?? '')
  assert.deepEqual([username, password, pathname], [POSTGRES_USER, POSTGRES_PASSWORD, `/${POSTGRES_DB}`])
  const { REDISCLI_AUTH } = environmentOf('redis')
  assert.equal(new URL(environmentOf('one').REDIS_URL ?? '').password, REDISCLI_AUTH)
  assert.match(read('deploy/start-redis.sh'), /^requirepass "\$REDISCLI_AUTH"$/m)
})

test('no password is on a command line, where everybody on the machine may read it', () => {
  for (const service of services) {
    for (const key of ['command', 'entrypoint', 'healthcheck'])
      assert.doesNotMatch(JSON.stringify(at(compose, 'services', service, key) ?? ''), /\$|PASSWORD/, service)
  }
  assert.deepEqual(at(compose, 'services', 'redis', 'command'), ['sh', '/start-redis.sh'])
})

const BYTES = { m: 2 ** 20, g: 2 ** 30 } as const

function memoryOf(service: string): number {
  const [, count, unit] = /^(\d+)([mg])$/.exec(String(at(compose, 'services', service, 'mem_limit'))) ?? []
  return Number(count) * BYTES[unit === 'g' ? 'g' : 'm']
}

test('every service has a limit of memory, beyond which it does not swap', () => {
  for (const service of services) {
    assert.ok(memoryOf(service) >= 512 * BYTES.m, service)
    const { mem_limit, memswap_limit } = wordsAt(compose, 'services', service)
    assert.equal(memswap_limit, mem_limit, service)
  }
})

test('every image can be pinned in .env', () => {
  const images = services.map((service) => String(at(compose, 'services', service, 'image')))
  const foreign = images.filter((image) => image !== 'parlance')
  assert.equal(foreign.length, services.length - NODES.length)
  const base = String(at(compose, 'services', 'one', 'build', 'args', 'NODE_IMAGE'))
  for (const image of [...foreign, base]) {
    const [, name = ''] = /^\$\{(\w+_IMAGE):-[\w/-]+:[\w.-]+\}$/.exec(image) ?? []
    assert.match(read('deploy/example.env'), new RegExp(`^# ${name}=\\S+@sha256:`, 'm'))
  }
  assert.match(
    read('Dockerfile'),
    new RegExp(`^ARG NODE_IMAGE=${filledIn(base)}\nFROM \\$\\{NODE_IMAGE\\} AS web$`, 'm'),
  )
})

/** Bytes of a HAProxy connection with both its buffers, and two descriptors. */
const ACTIVE_CONNECTION_BYTES = 34_000

test('the balancer has a limit of connections, in all and for one address, that its memory and descriptors suffice for', () => {
  const config = read('deploy/haproxy.cfg')
  const [, each = ''] = /^ {2}maxconn (\d+)$/m.exec(config) ?? []
  const frontends = config.split(/^(?=frontend )/m).slice(1)
  const connections = Number(each) * frontends.length
  assert.ok(
    connections > 0 && connections * ACTIVE_CONNECTION_BYTES <= memoryOf('balancer'),
    `${connections}`,
  )
  assert.ok(connections * 2 < Number(at(compose, 'services', 'balancer', 'ulimits', 'nofile')))
  for (const frontend of frontends) {
    const [, ofOne = ''] =
      /^ {2}tcp-request connection reject if \{ sc0_conn_cur gt (\d+) \}$/m.exec(frontend) ?? []
    assert.ok(Number(ofOne) > 0 && Number(ofOne) * 5 <= Number(each), frontend)
  }
})

test('the balancer is given every address that its configuration asks for, and each is where something listens', () => {
  const asked = [...read('deploy/haproxy.cfg').matchAll(/"\$\{(\w+)\}"/g)].map(([, name = '']) => name)
  const given = environmentOf('balancer')
  assert.deepEqual([...new Set(asked)].sort(), Object.keys(given).sort())
  const { port, rawPorts } = readConfig(environmentOf('one'))
  const raw = rawPorts.find(({ dialect }) => dialect === 'rooms')
  for (const [n, node] of NODES.entries()) {
    assert.equal(given[`NODE_${n + 1}`], `${addressOf(node)}:${port}`)
    assert.equal(given[`NODE_${n + 1}_TCP`], `${addressOf(node)}:${raw?.port}`)
  }
  const ports = [at(compose, 'services', 'balancer', 'ports')].flat().map((entry) => filledIn(String(entry)))
  const bound = [given.BIND_WEB, given.BIND_TCP].map((bind) => bind?.slice(1))
  assert.deepEqual(
    ports,
    bound.map((bind) => `127.0.0.1:${bind}:${bind}`),
  )
})

test('every address lies in the network, no two are the same, and Docker gives none of them to another', () => {
  const [config] = [at(compose, 'networks', 'default', 'ipam', 'config')].flat()
  const listOf = (range: string) => {
    const [address = '', bits] = String(at(config, range)).split('/')
    const list = new BlockList()
    list.addSubnet(address, Number(bits))
    return list
  }
  const [network, handedOut] = [listOf('subnet'), listOf('ip_range')]
  const addresses = [...NODES, 'balancer'].map((service) => String(addressOf(service)))
  assert.equal(new Set(addresses).size, addresses.length)
  for (const address of addresses) {
    assert.ok(network.check(address), address)
    assert.ok(!handedOut.check(address), address)
  }
})

test('every variable that compose.yaml takes from .env is in its example, and no password is in the text', () => {
  const asked = [...read('compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name)
  const known = [...read('deploy/example.env').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name = '']) => name)
  for (const name of asked) assert.ok(known.includes(name), name)
  for (const name of known) assert.ok([...asked, ...SETTING_NAMES].includes(name), name)
  assert.match(read('.gitignore'), /^\.env$/m)
  for (const [, value = ''] of read('compose.yaml').matchAll(/(?:PASSWORD|AUTH|TOKEN): (.*)/g)) {
    assert.match(value, /^\$\{\w+:[-?][^}]*\}$/)
  }
})

test('every file that is mounted is there, and every volume is declared', () => {
  for (const service of services) {
    for (const mount of [at(compose, 'services', service, 'volumes') ?? []].flat()) {
      const [source = ''] = String(mount).split(':')
      if (source.startsWith('.')) assert.ok(existsSync(join(ROOT, source)), source)
      else assert.ok(source in wordsAt(compose, 'volumes'), source)
    }
  }
})

test('the nodes write into one volume alone, and may do no more than their users', () => {
  for (const node of NODES) {
    assert.equal(at(compose, 'services', node, 'read_only'), 'true')
    assert.deepEqual(at(compose, 'services', node, 'cap_drop'), ['ALL'])
    assert.deepEqual(at(compose, 'services', node, 'security_opt'), ['no-new-privileges:true'])
    assert.deepEqual(at(compose, 'services', node, 'volumes'), ['data:/data'])
    assert.ok(readConfig(environmentOf(node)).filesDirectory.startsWith('/data/'))
  }
})

test('only the balancer is reached from outside, and every service that others wait for has a health check', () => {
  for (const service of services) {
    const ports = at(compose, 'services', service, 'ports')
    assert.equal(ports !== undefined, service === 'balancer', service)
    for (const other of Object.keys(wordsAt(compose, 'services', service, 'depends_on'))) {
      const isOurs = NODES.includes(other)
      assert.ok(isOurs || at(compose, 'services', other, 'healthcheck') !== undefined, other)
    }
  }
  assert.match(read('Dockerfile'), /^HEALTHCHECK /m)
})

test('the image sets known settings of the server, so that it is reached from outside', () => {
  const lines = [...read('Dockerfile').matchAll(/^ENV (.+)$/gm)].map(([, words = '']) => words)
  const settings = Object.fromEntries(lines.flatMap((line) => line.split(' ').map((word) => word.split('='))))
  for (const ofNode of ['NODE_ENV', 'XDG_CACHE_HOME']) delete settings[ofNode]
  for (const name of Object.keys(settings))
    assert.ok(
      SETTING_NAMES.some((known) => known === name),
      name,
    )
  const { host, rawPorts, database } = readConfig(settings)
  assert.deepEqual(new Set([host, ...rawPorts.map((raw) => raw.host)]), new Set(['0.0.0.0']))
  for (const name of DIALECT_NAMES.filter((one) => DIALECTS[one].rawTcp !== 'none'))
    assert.equal(settings[rawTcpNames(name).host], '0.0.0.0', name)
  assert.ok(database.kind === 'sqlite')
  assert.match(read('Dockerfile'), new RegExp(`^RUN mkdir ${database.directory} && chown node:node `, 'm'))
})

test('the files of the image are all that a node needs, and it reports that it is alive', async (t) => {
  const image = await tempDir(t)
  const dockerfile = read('Dockerfile')
  assert.match(dockerfile, /^USER node$/m)
  const [, building = '', final = ''] = dockerfile.split(/^FROM .+$/m)
  for (const [, from = ''] of building.matchAll(/^COPY (.+) \S+$/gm))
    for (const source of from.split(' ')) assert.match(read('.dockerignore'), new RegExp(`^!${source}$`, 'm'))
  for (const [, stage, words = ''] of final.matchAll(/^COPY (--from=web )?(.+)$/gm)) {
    const [to = '', ...from] = words.split(' ').reverse()
    for (const source of from.map((path) => path.replace('/srv/parlance/', ''))) {
      if (!stage) assert.match(read('.dockerignore'), new RegExp(`^!${source}$`, 'm'))
      const isFolder = to.endsWith('/')
      const target = join(image, to, isFolder ? source.slice(dirname(source).length + 1) : '')
      cpSync(join(ROOT, source), to === './' ? join(image, source) : target, { recursive: true })
    }
  }
  symlinkSync(join(ROOT, 'node_modules'), join(image, 'node_modules'))
  const [, command = ''] = /^CMD (\[.+\])$/m.exec(dockerfile) ?? []
  const [program, entry = '', ...args]: string[] = JSON.parse(command)
  assert.equal(program, 'node')
  const port = await freePort()
  const settings = { PORT: String(port), ROOMS_TCP_PORT: '0', DBPATH: join(image, 'chat.db') }
  const server = spawn(process.execPath, [entry, ...args], { cwd: image, env: settings, stdio: 'ignore' })
  endWithUs(server)
  t.after(() => void server.kill('SIGKILL'))
  const [, probe = ''] = /^ {2}CMD \["node", "(.+)"\]$/m.exec(dockerfile) ?? []
  // In a container the server would be the first process.
  const asking = () => run(process.execPath, [probe, String(server.pid)], { cwd: image })
  await until('the node to say that it is alive', () => asking().then(Boolean, () => false), START_MS)
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200)
})
