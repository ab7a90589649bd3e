import { type Fault, MAX_FAULTS } from '@parlance/protocol'
import { isCleanText } from '../../lib/text.ts'
import { escaped } from './faults.ts'

/** Levels of lists and objects in a value; deeper ones help nobody, and break programs that walk them. */
const MAX_DEPTH = 32

/** Texts that the stores do not take, and what is nested too deep. Names of fields are texts too. */
export function cleanFaults(value: unknown): readonly Fault[] {
  const faults: Fault[] = []
  walk(value, { pointer: '#', depth: 0 }, faults)
  return faults
}

interface Where {
  readonly pointer: string
  readonly depth: number
}

function walk(value: unknown, { pointer, depth }: Where, faults: Fault[]): void {
  if (faults.length === MAX_FAULTS) return
  if (typeof value === 'string') {
    if (!isCleanText(value)) faults.push({ pointer, detail: 'must be without NUL and lone surrogates' })
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (depth === MAX_DEPTH) {
    faults.push({ pointer, detail: `is nested deeper than ${MAX_DEPTH} levels` })
    return
  }
  for (const [name, inner] of Object.entries(value)) {
    if (!isCleanText(name))
      faults.push({ pointer, detail: 'has a field whose name has NUL or lone surrogates' })
    else walk(inner, { pointer: `${pointer}/${escaped(name)}`, depth: depth + 1 }, faults)
  }
}
