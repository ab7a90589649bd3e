import type { Held, Limits } from '../../transport/index.ts'
import { Refusal } from './refusal.ts'

/** Holds one more of each amount until the answer is called. Refuses 'rate_limited' where one of them is used up. */
export function holding(limits: Pick<Limits, 'holdAll'>, all: readonly Held[]): () => void {
  const letGo = limits.holdAll(all)
  if (letGo) return letGo
  const detail = 'Too many transfers of files are under way: wait for one to end.'
  throw new Refusal('rate_limited', { detail, headers: { 'retry-after': '1' } })
}
