import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { WebSocket } from 'ws'
import { deep } from '../support/deep.ts'
import { GroupsClient, uniqueName } from '../support/groups.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'

const server = await startParlance()
const { url } = server
after(() => {
  GroupsClient.endAll()
  return server.close()
})

const DEEP = '['.repeat(30_000) + ']'.repeat(30_000)

/** Connected to the namespace, and free to send what no client would. */
async function rawSocket(eio: 3 | 4): Promise<{ ws: WebSocket; heard: string[] }> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=${eio}&transport=websocket`)
  const heard: string[] = []
  ws.on('message', (data) => heard.push(data.toString()))
  await once(ws, 'open')
  if (eio === 4) ws.send('40')
  await until('the namespace', () => heard.some((packet) => packet.startsWith('40')))
  return { ws, heard }
}

test('an argument deeper than any client could send is refused', async () => {
  const { ws, heard } = await rawSocket(4)
  ws.send(`42["pingg",${DEEP}]`)
  ws.send(`42["find_user",${DEEP}]`)
  await until('both answers', () => heard.filter((packet) => packet.startsWith('42')).length === 2)
  assert.deepEqual(
    heard.filter((packet) => packet.startsWith('42')),
    [
      '42["invalid_request",{"Error":"The request is nested too deeply."}]',
      '42["invalid_request",{"Error":"The request must be a JSON object."}]',
    ],
  )
  ws.close()
})

test('packets that are none close their own connection at most', async () => {
  const bystander = await GroupsClient.guest(url, 'bystander')
  const packet = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '42',
      '42[',
      '42[]',
      '42{}',
      '42["disconnect"]',
      '42[null]',
      '42[1]',
      '42[{}]',
      '4',
      '5',
      '9',
    ),
    fc.constantFrom(
      '451-["find_user",{"_placeholder":true,"num":0}]',
      '451-["a"',
      '4999999-["a"]',
      '41',
      '43',
      '44',
    ),
    fc.tuple(fc.constantFrom('42', '420', '43', '40'), fc.json()).map(([head, json]) => head + json),
  )
  for (const eio of [3, 4] as const) {
    await fc.assert(
      fc.asyncProperty(fc.array(packet, { minLength: 1, maxLength: 5 }), async (packets) => {
        const { ws } = await rawSocket(eio)
        for (const each of packets) ws.send(each)
        ws.close()
        await until('the end', () => ws.readyState === ws.CLOSED)
      }),
      { numRuns: deep(60) },
    )
  }
  const { ws } = await rawSocket(4)
  ws.send(`451-["pingg",${DEEP},{"_placeholder":true,"num":0}]`)
  ws.send(Buffer.from('the attachment'))
  await until('the end', () => ws.readyState === ws.CLOSED)
  const [[event] = []] = await bystander.ask('find_user')
  assert.equal(event, 'user_found')
})

test('a client that leaves in the middle of a request leaves nothing behind', async () => {
  const ann = await GroupsClient.guest(url, 'ann')
  const group_name = await ann.create()
  const username = uniqueName('gone')
  for (let i = 0; i < 20; i++) {
    const client = await GroupsClient.connect(url)
    client.socket.emit('find_user', { username })
    client.socket.emit('visit_group', { username, group_name })
    client.socket.emit('enter_group', { username, group_name })
    if (i % 2) await client.settled()
    client.end()
  }
  await until('nobody to be there', async () => {
    const account = await server.chat.accounts.findByUsername(username)
    return account && !(await server.chat.presence.isOnline(account.accountId))
  })
})
