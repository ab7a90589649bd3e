import { readdirSync, readFileSync } from 'node:fs'

// Linux reports processor time in ticks of 10 ms (USER_HZ, which is 100 on every platform Node runs on).
const MICROS_PER_TICK = 10_000
const USER_TIME = 13
const SYSTEM_TIME = 14
const ENDED_USER_TIME = 15
const ENDED_SYSTEM_TIME = 16

/** Processor time of these processes so far, all threads, user and system, in microseconds. */
export function cpuMicros(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = statOf(pid)
    return sum + (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) * MICROS_PER_TICK
  }, 0)
}

/** Processor time of those that this process has started and that have ended, in microseconds. */
export function endedMicros(pid: number): number {
  const fields = statOf(pid)
  return (Number(fields[ENDED_USER_TIME]) + Number(fields[ENDED_SYSTEM_TIME])) * MICROS_PER_TICK
}

/** Memory that these processes hold for themselves. */
export function residentBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const [, kilobytes = '0'] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? []
    return sum + Number(kilobytes) * 1024
  }, 0)
}

/** A process and those it has started, and they in turn. */
export function familyOf(pid: number): readonly number[] {
  const parents = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = parentOf(Number(name))
    if (parent !== undefined) parents.set(parent, [...(parents.get(parent) ?? []), Number(name)])
  }
  const descend = (each: number): readonly number[] => [each, ...(parents.get(each) ?? []).flatMap(descend)]
  return descend(pid)
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(statOf(pid)[3])
  } catch {
    // The process ended while the list was read.
    return undefined
  }
}

/** The second field, a name, may have blanks and parentheses. */
function statOf(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return [String(pid), '', ...text.slice(text.lastIndexOf(')') + 2).split(' ')]
}
