import { readFileSync } from 'node:fs'
import { type Finding, ok, warning } from './finding.ts'

/** Each connection takes one, and each worker some. */
const FEW_FILES = 10_000

/** The process's surroundings. */
export function examineMachine(): readonly Finding[] {
  return [ok('Node', `Node ${process.versions.node} runs this.`), ...openFiles()]
}

/** Node raises its soft limit to the hard one when it starts. Only Linux tells. */
function openFiles(): readonly Finding[] {
  const subject = 'open files'
  const limit = limitOfFiles()
  if (limit === undefined) return []
  const found = `A process of this user may open ${limit} files.`
  if (limit >= FEW_FILES) return [ok(subject, found)]
  return [
    warning(
      subject,
      found,
      `Each connection takes one: raise it to ${FEW_FILES} or more (LimitNOFILE= of systemd, ulimit -n, --ulimit nofile of Docker).`,
    ),
  ]
}

function limitOfFiles(): number | undefined {
  if (process.platform !== 'linux') return undefined
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1]
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard)
}
