import { test } from 'node:test'
import { comeAndGo } from './native-coming-and-going.ts'
import { openNativeWorld } from './native-world.ts'

const world = await openNativeWorld()

test(
  'a client that comes and goes has in the end what the log has, each change once',
  { timeout: 300_000 },
  () => comeAndGo([world], 15),
)
