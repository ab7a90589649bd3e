import assert from 'node:assert/strict'
import { after } from 'node:test'
import { GroupsClient, type Happening } from '../support/groups.ts'
import { target } from '../support/server.ts'

/** The server under test and ways to connect to it, until the tests of the file are over. */
export async function openWorld() {
  const server = await target()
  const { url } = server
  after(() => {
    GroupsClient.endAll()
    return server.close()
  })
  return {
    server,
    url,
    guest: (hint: string) => GroupsClient.guest(url, hint),
    connect: () => GroupsClient.connect(url),
  }
}

export const refused = (why: string): Happening[] => [['user_not_authorized', { Error: why }]]
export const malformed = (why: string): Happening[] => [['invalid_request', { Error: why }]]
export const NAME_NOT_FOUND: Happening[] = [['name_not_found', { Error: 'User could not be found.' }]]
export const GROUP_NOT_FOUND = { Error: 'Group that user selects can not be found.' }

/** The payload of the only answer; fails unless there is one, of that event. */
export function only<T>(answers: readonly Happening[], event: string): T {
  assert.deepEqual(
    answers.map(([name]) => name),
    [event],
  )
  return answers[0]?.[1] as T
}
