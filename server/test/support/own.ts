import { describe, test } from 'node:test'
import type { Target, TestServer } from './server.ts'

/** For what reaches into the server or wants one of other settings: that is not asked of a foreign TARGET. */
export const describeOwn = process.env.TARGET ? describe.skip : describe
export const testOwn = process.env.TARGET ? test.skip : test

/** The server of this process that the tests talk to. */
export function ownOf({ own }: Target): TestServer {
  if (!own) throw new Error('only against a server of our own')
  return own
}
