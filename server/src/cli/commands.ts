import {
  type Environment,
  readCertificatesDirectory,
  readConfig,
  readDatabase,
  readFilesDirectory,
  unreadNames,
} from '../config/index.ts'
import { SettingRefusal } from '../lib/settings.ts'
import type { Command } from './command.ts'
import { OPERATOR_COMMANDS } from './operator-commands.ts'

/** Commands by name. Each loads its own code: a start has no time for that of the others, nor they for a server's. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  start: {
    usage: 'start',
    summary: 'serves; the command if none is given',
    options: [],
    operands: [],
    run: async ({ environment }) => {
      // Read first: a setting that is refused is so without the wait for a server's code.
      const config = readConfig(environment)
      const { start } = await import('./start.ts')
      await start(config, unreadNames(environment))
    },
  },
  export: {
    usage: 'export FILE',
    summary: 'writes the whole database into a file: .gz is gzipped, - is standard output',
    options: [],
    operands: ['FILE'],
    run: async ({ environment, operands: [file = ''] }) => {
      const { exportArchive } = await import('../moving/index.ts')
      await exportArchive({ database: readDatabase(environment), file })
    },
  },
  import: {
    usage: 'import FILE',
    summary: 'loads such a file into an empty database, or goes on where it was stopped',
    options: [],
    operands: ['FILE'],
    run: async ({ environment, operands: [file = ''] }) => {
      const { importArchive } = await import('../moving/index.ts')
      await importArchive({ database: readDatabase(environment), file })
    },
  },
  migrate: {
    usage: 'migrate [--from FILE]',
    summary: 'moves a SQLite file (else the one of DBPATH) to PostgreSQL (DATABASE_URL)',
    options: ['from'],
    operands: [],
    run: async ({ environment, options }) => {
      const { migrate } = await import('../moving/index.ts')
      const from = readDatabase({ DBPATH: options.from ?? environment.DBPATH })
      const database = readDatabase({ ...environment, DBPATH: undefined })
      if (database.kind !== 'postgres') throw new SettingRefusal(NO_TARGET)
      await migrate({ from, database })
    },
  },
  adopt: {
    usage: 'adopt KIND SOURCE [--report DIR] [--dry-run] [--json]',
    summary: 'takes people and history over from another chat server into an empty database',
    options: ['report'],
    operands: ['KIND', 'SOURCE'],
    flags: ['dry-run', 'json'],
    run: async ({ environment, options, flags, operands: [kind = '', source = ''] }) => {
      const { adopt } = await import('../moving/index.ts')
      const [isDryRun, asJson] = [flags.has('dry-run'), flags.has('json')]
      const directory = options.report ?? `adopted-${kind}`
      await adopt({ kind, source, settings: readConfig(environment), directory, isDryRun, asJson })
    },
  },
  backup: {
    usage: 'backup [--verify] DIR [--json]',
    summary:
      'copies database, secrets, certificate and files while servers run, or compares such a copy with its manifest',
    options: [],
    operands: ['DIR'],
    flags: ['json', 'verify'],
    run: async ({ environment, flags, operands: [directory = ''] }) => {
      const { backUp, verifyBackUp } = await import('../operating/index.ts')
      const asJson = flags.has('json')
      if (flags.has('verify')) await verifyBackUp({ directory, asJson, environment })
      else await backUp({ ...dataOf(environment), directory, asJson })
    },
  },
  restore: {
    usage: 'restore DIR',
    summary: 'puts such a copy where no database is, or into an empty one of PostgreSQL',
    options: [],
    operands: ['DIR'],
    run: async ({ environment, operands: [directory = ''] }) => {
      const { restore } = await import('../operating/index.ts')
      await restore({ ...dataOf(environment), directory })
    },
  },
  ...OPERATOR_COMMANDS,
}

function dataOf(environment: Environment) {
  const database = readDatabase(environment)
  const filesDirectory = readFilesDirectory(environment, database)
  const certificatesDirectory = readCertificatesDirectory(environment, database)
  return { database, filesDirectory, certificatesDirectory, environment }
}

const NO_TARGET =
  'DATABASE_URL must name the PostgreSQL database to move to, such as postgres://user:password@127.0.0.1:5432/parlance.'
