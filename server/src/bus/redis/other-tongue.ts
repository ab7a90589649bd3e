import { createConnection, type Socket } from 'node:net'
import { connect } from 'node:tls'
import type { RedisAddress } from '../../lib/redis-address.ts'

const ANSWER_MS = 1_000
/** The first bytes that an answer of Redis may have: `+` when it lets us in, `-` when it does not. */
const REDIS_ANSWERS = new Set(['+', '-'])

/**
 * Whether the server speaks TLS where the address says that it does not, or the reverse. The server learns nothing
 * of the address but the host.
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
    // Accept any certificate: only the handshake is of interest, and nothing is sent after it.
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
