import type { Config } from '../../config/index.ts'
import { CommandEnd } from '../../lib/command-end.ts'
import { printRows } from '../rows.ts'
import { examineBackUps } from './back-ups.ts'
import { examineCertificate } from './certificate.ts'
import { examineDatabase } from './database.ts'
import { examined } from './finding.ts'
import { examineFolder } from './folder.ts'
import { examineMachine } from './machine.ts'
import { examinePorts } from './ports.ts'
import { examineRedis } from './redis.ts'

/**
 * Looks at what a server with these settings depends on, and prints what was found, with what to do. Changes nothing:
 * it writes one small file, and removes it. Throws `CommandEnd` with exit code 1 if there is a fault.
 */
export async function examine(config: Config, asJson: boolean): Promise<void> {
  const { redisUrl, filesDirectory, backUpDirectory } = config
  const findings = [
    ...(await examined('machine', examineMachine)),
    ...(await examined('data', () => examineDatabase(config))),
    ...(await examined('files', () => examineFolder('files', filesDirectory))),
    ...(backUpDirectory === undefined
      ? []
      : await examined('back-ups', () => examineBackUps(backUpDirectory))),
    ...(redisUrl === undefined ? [] : await examined('Redis', () => examineRedis(redisUrl))),
    ...(await examined('certificate', () => examineCertificate(config))),
    ...(await examined('ports', () => examinePorts(config))),
  ]
  await printRows([findings.map((finding) => ({ ...finding }))], { asJson, nothing: '' })
  const faults = findings.filter(({ level }) => level === 'fault').length
  if (faults > 0) throw new CommandEnd(`${faults} ${faults === 1 ? 'fault was' : 'faults were'} found.`)
}
