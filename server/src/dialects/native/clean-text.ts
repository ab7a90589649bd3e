import { type Fault, MAX_FAULTS } from '@parlance/protocol'
import { isCleanText } from '../../lib/text.ts'
import { escaped } from './faults.ts'

/** Levels of lists and objects in a value; deeper ones help nobody, and break programs that walk them. */
const MAX_DEPTH = 32

/** Texts that the stores do not take, and what is nested too deep. Names of fields are texts too. */
export function cleanFaults(value: unknown): readonly Fault[] {
  const faults: Fault[] = []
  walk(value, undefined, faults)
  return faults
}

/** The way to a value: names of fields from the innermost on. Written out only for a fault, which hardly any value has. */
interface Path {
  readonly name: string
  readonly outer: Path | undefined
  readonly depth: number
}

function pointerOf(path: Path | undefined): string {
  return path ? `${pointerOf(path.outer)}/${escaped(path.name)}` : '#'
}

function walk(value: unknown, path: Path | undefined, faults: Fault[]): void {
  if (faults.length === MAX_FAULTS) return
  if (typeof value === 'string') {
    if (!isCleanText(value))
      faults.push({ pointer: pointerOf(path), detail: 'must be without NUL and lone surrogates' })
    return
  }
  if (typeof value !== 'object' || value === null) return
  const depth = path?.depth ?? 0
  if (depth === MAX_DEPTH) {
    faults.push({ pointer: pointerOf(path), detail: `is nested deeper than ${MAX_DEPTH} levels` })
    return
  }
  for (const name of Object.keys(value)) {
    const inner: unknown = (value as Readonly<Record<string, unknown>>)[name]
    if (!isCleanText(name)) {
      const detail = 'has a field whose name has NUL or lone surrogates'
      faults.push({ pointer: pointerOf(path), detail })
    } else if (inner !== null && (typeof inner === 'string' || typeof inner === 'object'))
      walk(inner, { name, outer: path, depth: depth + 1 }, faults)
  }
}
