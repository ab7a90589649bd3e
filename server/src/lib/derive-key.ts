import { createHmac } from 'node:crypto'

/** A key of its own for each purpose, so that a token made for one is worthless in another. */
export const deriveKey = (secret: string, purpose: string): string =>
  createHmac('sha256', secret).update(`parlance:${purpose}`).digest('base64url')
