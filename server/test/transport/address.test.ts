import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { test } from 'node:test'
import { addressReader, listen, networkOf } from '../../src/transport/index.ts'

const addressOf = addressReader(['loopback', '10.0.0.0/8'])
const server = createServer((incoming, response) => response.end(addressOf(incoming)))
const port = await listen(server, '127.0.0.1', 0)
test.after(() => server.close())

/** The address that a request counts for, sent by a trusted proxy that wrote those headers. */
async function countedFor(...forwardedFor: readonly string[]): Promise<string> {
  const headers = forwardedFor.length > 0 ? { 'x-forwarded-for': [...forwardedFor] } : {}
  const asked = request({ host: '127.0.0.1', port, headers, agent: false }).end()
  const [response] = await once(asked, 'response')
  let text = ''
  for await (const piece of response) text += piece
  return text
}

const PROXY = '127.0.0.1'

/** The header that the proxy wrote → the address that the request counts for. */
const FORWARDED: readonly (readonly [string, string])[] = [
  ['203.0.113.2', '203.0.113.2'],
  ['203.0.113.2:1', '203.0.113.2'],
  ['203.0.113.2:65535', '203.0.113.2'],
  ['"203.0.113.2:443"', '203.0.113.2'],
  ['[2001:db8::7]:443', '2001:db8:0:0::/64'],
  ['[2001:db8::7]', '2001:db8:0:0::/64'],
  ['"[2001:db8::8]:80"', '2001:db8:0:0::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['[::ffff:203.0.113.2]:80', '203.0.113.2'],
  ['::ffff:cb00:7102', '203.0.113.2'],
  ['0:0:0:0:0:ffff:203.0.113.2', '203.0.113.2'],
  // The nearest address that is no proxy of ours counts, with ports on the proxies too.
  ['198.51.100.1, 203.0.113.2:8, 10.0.0.7:1234', '203.0.113.2'],
  ['198.51.100.1,203.0.113.2 , ::ffff:10.0.0.7', '203.0.113.2'],
  ['10.0.0.9:1, 10.0.0.7:2', '10.0.0.9'],
  ['203.0.113.2,,', '203.0.113.2'],
  // An entry that is no address counts as the address of the proxy that wrote it.
  ['unknown', PROXY],
  ['_hidden:4711', PROXY],
  ['client.example.org:80', PROXY],
  ['203.0.113.2:80:90', PROXY],
  ['203.0.113.2:http', PROXY],
  ['203.0.113.2.3', PROXY],
  ['0x7f.1', PROXY],
  ['[203.0.113.2]:80', PROXY],
  ['[2001:db8::7', PROXY],
  ['for=203.0.113.2', PROXY],
  ['203.0.113.2, nonsense, 10.0.0.7', '10.0.0.7'],
  ['', PROXY],
  [' , ', PROXY],
]

for (const [header, address] of FORWARDED) {
  test(`a request with X-Forwarded-For: ${header} counts for ${address}`, async () => {
    assert.equal(await countedFor(header), address)
  })
}

test('several headers are one list', async () => {
  assert.equal(await countedFor('198.51.100.1', '203.0.113.2:9'), '203.0.113.2')
})

test('a request without the header counts for its peer', async () => {
  assert.equal(await countedFor(), PROXY)
})

test('an address counts once, however it is written', () => {
  const spellings = ['1::2:3:4:5:1.2.3.4', '1:0:2:3:4:5:102:304', '0001:0:0002:3::9', '1:0:2:3::a%eth0']
  assert.deepEqual(new Set(spellings.map(networkOf)), new Set(['1:0:2:3::/64']))
})
