import { dirname } from 'node:path'
import type { Database } from '../../config/index.ts'
import { askPostgres, type OperatorSettings, operate, type PostgresFacts } from '../endpoints.ts'
import { examineClock } from './clock.ts'
import { examined, type Finding, fault, ok, warning } from './finding.ts'
import { examineFolder, examineLog, examineSecrets } from './folder.ts'

/** Connections of a node: see docs/growing.md. */
const CONNECTIONS_OF_A_NODE = 9

/** The database: whether it opens, and what it or its disk will hurt by. */
export async function examineDatabase(settings: OperatorSettings): Promise<readonly Finding[]> {
  const { database } = settings
  const around =
    database.kind === 'sqlite'
      ? await aroundFile(database.file)
      : await examined('PostgreSQL', () => server(database))
  return [...around, ...(await examined('database', () => content(settings)))]
}

async function aroundFile(file: string): Promise<readonly Finding[]> {
  const directory = dirname(file)
  const looks = [examineFolder('data', directory), examineSecrets(directory), examineLog(file)]
  return (await Promise.all(looks)).flat()
}

async function content(settings: OperatorSettings): Promise<readonly Finding[]> {
  return operate(settings, async ({ store: { overview }, clock }) => {
    const { messages, databaseBytes } = await overview.totals(clock.nowMicros())
    const size = `${messages} messages in ${Math.ceil(databaseBytes / 1024 ** 2)} MiB`
    return [ok('database', `It opens, has the schema of this version, and holds ${size}.`)]
  })
}

async function server({ url }: Extract<Database, { kind: 'postgres' }>): Promise<readonly Finding[]> {
  const facts = await askPostgres(url)
  return [
    ok('PostgreSQL', `It is version ${facts.version}.`),
    ...durability(facts),
    ...connections(facts),
    examineClock('PostgreSQL', facts.nowMs),
  ]
}

function durability({ isFsyncOn, synchronousCommit, isReadOnly }: PostgresFacts): readonly Finding[] {
  const subject = 'PostgreSQL, durability'
  if (isReadOnly)
    return [
      fault(
        subject,
        'It only reads.',
        'Name its primary in DATABASE_URL, or set default_transaction_read_only off.',
      ),
    ]
  if (!isFsyncOn)
    return [fault(subject, 'Its fsync is off.', 'A power cut destroys the database: set fsync = on.')]
  if (synchronousCommit === 'off')
    return [
      warning(
        subject,
        'Its synchronous_commit is off.',
        'Acknowledged messages may be lost in a crash: set it on; the server commits in groups, so that it costs little.',
      ),
    ]
  return [ok(subject, 'A commit is on disk before it is acknowledged.')]
}

function connections({ maxConnections, usedConnections }: PostgresFacts): readonly Finding[] {
  const subject = 'PostgreSQL, connections'
  const left = maxConnections - usedConnections
  const found = `${usedConnections} of ${maxConnections} connections are in use.`
  if (left >= CONNECTIONS_OF_A_NODE) return [ok(subject, found)]
  return [
    warning(
      subject,
      found,
      `A node takes up to ${CONNECTIONS_OF_A_NODE}: raise max_connections, or end other clients.`,
    ),
  ]
}
