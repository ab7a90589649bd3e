import { describe, test } from 'node:test'
import type { Target, TestServer } from './server.ts'

/** For tests that reach into the server or need other settings: a foreign TARGET is not asked for those. */
export const describeOwn = process.env.TARGET ? describe.skip : describe
export const testOwn = process.env.TARGET ? test.skip : test

/** The server of this process that the tests talk to. */
export function ownOf({ own }: Target): TestServer {
  if (!own) throw new Error('only against a server of our own')
  return own
}
