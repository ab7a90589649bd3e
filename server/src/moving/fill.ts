import { Progress } from '../lib/progress.ts'
import type { MovingTarget, Sums } from '../store/moving.ts'
import { type Archive, type Header, totalOf } from './archive.ts'
import { load, verify } from './load.ts'

interface Filling extends Pick<Archive, 'pages'>, Pick<Header, 'id' | 'counts'> {
  readonly signal: AbortSignal
  /** Called once the target has taken the archive on, before the first row. */
  readonly onBegun?: () => Promise<void>
}

/** Loads all rows into the target, or goes on with what was interrupted, and reads them back. */
export async function fill(target: MovingTarget, filling: Filling): Promise<Sums> {
  const { id, signal, onBegun } = filling
  const total = totalOf(filling)
  const loading = new Progress('moving', total, process.stderr)
  const before = await target.begin(id)
  await onBegun?.()
  const sums = await load(filling, {
    target,
    before,
    signal,
    onSkipped: loading.skip,
    onRows: loading.advance,
  })
  loading.end()
  process.stderr.write('indexing   and checking what refers to what\n')
  await target.settle()
  const verifying = new Progress('verifying', total, process.stderr)
  await verify(target, sums, { onRows: verifying.advance, signal })
  verifying.end()
  await target.finish()
  return sums
}
