import { server } from '../state/session.ts'

const encoder = new TextEncoder()

/** Bytes that a message of this server has at most. */
export const mostBytes = (): number => server.value?.limits.maxMessageBytes ?? Number.POSITIVE_INFINITY

/** Bytes by which a text is too long for one message; 0 or less where it fits. */
export const excessOf = (text: string): number => encoder.encode(text).length - mostBytes()
