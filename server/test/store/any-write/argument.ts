import type fc from 'fast-check'
import type { Argument, WriteName } from '../../../src/store/writes.ts'

/** Arguments for every write of these nouns. */
export type ArgumentsOf<Noun extends string> = {
  readonly [Name in Extract<WriteName, `${Noun}.${string}`>]: fc.Arbitrary<Argument<Name>>
}
