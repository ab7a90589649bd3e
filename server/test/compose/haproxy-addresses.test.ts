import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { test } from 'node:test'
import type { Owner } from '../support/owner.ts'
import { type Behind, startBalancer } from './balancer.ts'

// Addresses and headers as a node receives them through compose.yaml's load balancer. The nodes here only echo.

async function startEcho(owner: Owner, name: string): Promise<Behind> {
  const server = createServer(({ headers }, response) => {
    response.end(JSON.stringify({ name, forwardedFor: headers['x-forwarded-for'] }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  owner.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, tcpPort: port }
}

interface Echo {
  readonly name: string
  readonly forwardedFor?: string
}

interface Asking {
  readonly port: number
  readonly path?: string
  /** The client's address: any address of loopback is ours. */
  readonly from?: string
  readonly headers?: Readonly<Record<string, string>>
}

async function ask({ port, path = '/', from = '127.0.0.1', headers = {} }: Asking): Promise<Echo> {
  const asked = request({ host: '127.0.0.1', port, path, localAddress: from, headers, agent: false }).end()
  const [response] = await once(asked, 'response')
  let text = ''
  for await (const piece of response) text += piece
  return JSON.parse(text)
}

async function start(owner: Owner) {
  const echoes = [await startEcho(owner, 'one'), await startEcho(owner, 'two')] as const
  const balancer = await startBalancer(owner, echoes)
  return { web: Number(new URL(balancer.url).port), tcp: balancer.tcpPort }
}

test('a node learns a request’s true source, whatever the client itself says, on either port', async (t) => {
  const { web, tcp } = await start(t)
  for (const port of [web, tcp]) {
    for (const path of ['/', '/socket.io/?EIO=4&transport=polling']) {
      const headers = { 'x-forwarded-for': '9.9.9.9' }
      const { forwardedFor } = await ask({ port, path, from: '127.0.0.7', headers })
      // A node believes the last of them that is not a trusted proxy.
      assert.equal(forwardedFor, '9.9.9.9, 127.0.0.7')
    }
  }
})

test('polls of one address go to one node, and addresses are spread over both', async (t) => {
  const { web, tcp } = await start(t)
  const names = new Set<string>()
  for (let n = 1; n <= 32; n++) {
    const poll = { path: '/socket.io/?EIO=4&transport=polling', from: `127.0.1.${n}` }
    const answers = [await ask({ port: web, ...poll }), await ask({ port: web, ...poll })]
    answers.push(await ask({ port: tcp, ...poll }))
    answers.push(await ask({ port: web, ...poll, path: '/socket.io?EIO=4&transport=polling' }))
    const [first] = answers
    for (const { name } of answers) assert.equal(name, first?.name)
    names.add(first?.name ?? '')
  }
  assert.deepEqual([...names].sort(), ['one', 'two'])
})

test('nobody speaks HTTP past the balancer by sending it in pieces', async (t) => {
  const { tcp } = await start(t)
  const socket = connect(tcp, '127.0.0.1')
  let heard = ''
  socket.setEncoding('utf8').on('data', (text) => {
    heard += text
  })
  socket.setNoDelay(true)
  socket.write('G')
  await new Promise((resolve) => setTimeout(resolve, 100))
  socket.write('ET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 9.9.9.9\r\nConnection: close\r\n\r\n')
  await once(socket, 'close')
  assert.match(heard, /9\.9\.9\.9, 127\.0\.0\.1/)
})
