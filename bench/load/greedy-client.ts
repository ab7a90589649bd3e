import { Agent, request } from 'node:http'
import { WebSocket } from 'ws'
import type { Ask } from '../targets/parlance/greed.ts'

// Runs as a process of its own: each connection repeats the same request as soon as it is answered or refused.

/** Differs from the others' address, which keeps its own allowance. On Linux all of 127.0.0.0/8 is this machine. */
const OWN_ADDRESS = '127.0.0.2'
const CONNECTIONS = 24
const SUCCESS = 200

/** Counts of what the client has received so far. */
export interface Haul {
  readonly answers: number
  readonly refusals: number
  readonly bytes: number
}

const haul = { answers: 0, refusals: 0, bytes: 0 }

function askByHttp({ port, path, headers }: Ask): void {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const again = () => {
    const asked = request({ agent, host: '127.0.0.1', localAddress: OWN_ADDRESS, port, path, headers })
    asked.once('response', (response) => {
      response.on('data', ({ length }: Buffer) => {
        haul.bytes += length
      })
      response.once('close', () => {
        if (response.statusCode === SUCCESS && response.complete) haul.answers++
        else haul.refusals++
        again()
      })
    })
    asked.once('error', () => setTimeout(again, 1))
    asked.end()
  }
  for (let n = 0; n < CONNECTIONS; n++) again()
}

function askByWebSocket({ port, path, headers, frame = '' }: Ask): void {
  const open = () => {
    const options = { headers, localAddress: OWN_ADDRESS, perMessageDeflate: false }
    const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, options)
    ws.on('open', () => ws.send(frame))
    ws.on('message', (data: Buffer) => {
      haul.bytes += data.length
      if (data.subarray(0, 15).toString() === '{"success":true') haul.answers++
      else haul.refusals++
      ws.send(frame)
    })
    ws.on('error', () => undefined)
    ws.on('close', () => setTimeout(open, 1))
  }
  for (let n = 0; n < CONNECTIONS; n++) open()
}

process.on('message', (message: Ask | 'tell') => {
  if (message === 'tell') process.send?.(haul)
  else if (message.frame === undefined) askByHttp(message)
  else askByWebSocket(message)
})
// The client ends with the process that started it.
process.on('disconnect', () => process.exit())
