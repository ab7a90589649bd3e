import { createConnection, type Socket } from 'node:net'
import { connect } from 'node:tls'
import type { RedisAddress } from '../../lib/redis-address.ts'

const ANSWER_MS = 1_000
/** The first byte of what Redis answers, whether it lets us in or not. */
const REDIS_ANSWERS = new Set(['+', '-'])

/**
 * Whether what listens there speaks TLS where the address says that it does not, or the reverse. Nothing of the address
 * but the host is told to it.
 */
export const speaksOtherwise = (address: RedisAddress): Promise<boolean> =>
  address.isTls ? speaksPlainly(address) : speaksTls(address)

const speaksPlainly = (at: RedisAddress): Promise<boolean> =>
  asked((conclude) => {
    const socket = createConnection({ host: at.host, port: at.port }, () => socket.write('PING\r\n'))
    socket.once('data', (answer) => conclude(REDIS_ANSWERS.has(answer.toString('latin1', 0, 1))))
    return socket
  })

const speaksTls = (at: RedisAddress): Promise<boolean> =>
  asked((conclude) => {
    // It is only asked whether it does: nothing is said to it.
    const options = { host: at.host, port: at.port, rejectUnauthorized: false }
    return connect(options, () => conclude(true))
  })

function asked(ask: (conclude: (answer: boolean) => void) => Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = ask((answer) => {
      resolve(answer)
      socket.destroy()
    })
    socket.setTimeout(ANSWER_MS, () => socket.destroy())
    socket.once('error', () => socket.destroy())
    socket.once('close', () => resolve(false))
  })
}
