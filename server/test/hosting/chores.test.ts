import { test } from 'node:test'
import { toConversationId } from '../../src/core/types.ts'
import { NativeHttp } from '../support/native-http.ts'
import { startParlance } from '../support/server.ts'

test('a server that closes waits for the step of a purge that is under way, and begins no other', async () => {
  const server = await startParlance()
  const ann = await NativeHttp.register(server.url, 'ann')
  const group = await ann.group()
  for (let n = 0; n < 500; n += 50)
    await Promise.all(Array.from({ length: 50 }, (_, k) => ann.send(group, `old ${n + k}`)))
  const { retention } = server.chat
  const inAMinute = (Date.now() + 60_000) * 1_000
  await retention.wish(toConversationId(Number(group.id.slice('c_'.length))), inAMinute)
  const purging = retention.run({ isWhole: false })
  await Promise.all([purging, server.close()])
})
