import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { startParlance, type TestServer } from '../../../server/test/support/server.ts'
import { DESKTOP, openBrowser, PHONE, Visitor } from './browser.ts'

/** Ada at a desk and Ben with a phone, each with an account, on a server of their own. */
export async function adaAndBen(t: TestContext, { ben: username = 'ben' } = {}) {
  const server = await startParlance()
  t.after(() => server.close())
  const browser = await openBrowser(t)
  const ada = await Visitor.arrive(browser, server.url, DESKTOP)
  const ben = await Visitor.arrive(browser, server.url, PHONE)
  await ada.register('ada', 'Ada Lovelace')
  await ben.register(username, 'Ben Okri')
  return { server, browser, ada, ben }
}

/** As `adaAndBen`, in a private conversation that Ada has open. */
export async function adaWithBen(t: TestContext) {
  const world = await adaAndBen(t)
  await world.ada.writeTo('be', 'Ben Okri')
  return world
}

export const noErrors = (...visitors: readonly Visitor[]): void =>
  assert.deepEqual(
    visitors.flatMap(({ errors }) => errors),
    [],
  )

/** Makes an account an administrator of the server. */
export async function makeAdmin(server: TestServer, username: string): Promise<void> {
  const account = await server.chat.accounts.findByUsername(username)
  if (!account) throw new Error(`there is no ${username}`)
  await server.chat.accounts.setAdmin(account.accountId, true)
}
