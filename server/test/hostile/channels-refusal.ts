import assert from 'node:assert/strict'
import { fieldOf, type Reply } from '../support/channels.ts'

/** Refused in the dialect's own form, as the client's fault. */
export function assertRefused({ status, body }: Reply): void {
  assert.ok(status >= 400 && status < 500, `status ${status}`)
  const text = fieldOf(body, 'msg') ?? fieldOf(body, 'message')
  assert.ok(typeof text === 'string' && text !== '')
}
