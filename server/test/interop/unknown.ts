import assert from 'node:assert/strict'
import { failure } from '../support/chatapp.ts'
import { fieldRefused } from './refusals.ts'
import type { Participant } from './world.ts'

// Every dialect answers for a person who may not be found as for one who does not exist.

export async function assertUnknownInChatapp({ chatapp }: Participant, username: string): Promise<void> {
  assert.deepEqual(
    await chatapp.ask({ type: 'add_contact', contact_username: username }),
    failure('add_contact', `no such user '${username}' exists`),
  )
  assert.deepEqual(
    await chatapp.ask({ type: 'create_conversation', members: [username] }),
    failure('create_conversation', `'${username}' is not a valid username`),
  )
}

export async function assertUnknownInMessenger({ messenger }: Participant, id: number): Promise<void> {
  const message = 'User with given ID does not exist'
  const details = { message, code: 'USER_NOT_EXISTS', errors: { with_user_id: message } }
  for (const [path, json] of [
    ['/chat/private/create', { with_user_id: id }],
    ['/chat/group/create', { with_ids: [id], name: 'a trap' }],
  ] as const) {
    const { status, body } = await messenger.api.post(path, json)
    assert.deepEqual([status, body], [400, { status_code: 400, details }])
  }
}

export async function assertUnknownInNative({ native }: Participant, id: number): Promise<void> {
  for (const [pointer, json] of [
    ['#/with', { kind: 'private', with: `a_${id}` }],
    ['#/members/0', { kind: 'group', members: [`a_${id}`] }],
  ] as const) {
    const answer = await native.ask('POST /v1/conversations', json)
    assert.deepEqual(answer, fieldRefused(pointer, 'is no account that you may see'))
  }
}

export async function assertUnknownInChannels({ channels }: Participant, id: number): Promise<void> {
  const json = { from_user: channels.id, to_user: id }
  const { status, body } = await channels.ask('/api/request_chat', { json })
  assert.deepEqual([status, body], [404, { status: 'error', message: 'No such user' }])
}
