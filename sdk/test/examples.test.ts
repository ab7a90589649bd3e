import assert from 'node:assert/strict'
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { endWithUs } from '../../server/test/support/process.ts'
import { START_MS, until } from '../../server/test/support/until.ts'
import { RealWorld } from './real-world.ts'

const ROOT = join(import.meta.dirname, '../..')
const world = await RealWorld.open()
after(() => world.close())

/** A program of `examples/`, and what it has printed. */
function start(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const program: ChildProcessWithoutNullStreams = spawn(process.execPath, [join('examples', file), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
  })
  endWithUs(program)
  let printed = ''
  for (const output of [program.stdout, program.stderr])
    output.setEncoding('utf8').on('data', (text) => {
      printed += text
    })
  const says = (pattern: RegExp) =>
    until(`${file} to say ${pattern}`, () => pattern.exec(printed), START_MS).catch((error: Error) => {
      throw new Error(printed, { cause: error })
    })
  return { program, says }
}

test('the bot answers and reacts, and is at most 50 lines', async () => {
  assert.ok(readFileSync(join(ROOT, 'examples/bot/bot.ts'), 'utf8').split('\n').length <= 51)
  const bot = start('bot/bot.ts', [], { URL: world.url, NAME: 'roller' })
  const [, id = ''] = await bot.says(/roller is (a_\d+), and listens/)
  const ada = await world.connect((await world.person('ada')).token)
  const place = await ada.createConversation({ kind: 'group', name: 'games', members: [id] })
  place.timeline.subscribe(() => undefined)
  await place.send('!roll 1').done()
  await place.send('well rolled, @roller').done()
  await until('the answer and the reaction', () => {
    const messages = place.timeline
      .get()
      .items.flatMap((item) => (item.kind === 'message' ? [item.message] : []))
    const isAnswered = messages.some(({ body, replyTo }) => body === '1' && replyTo === 1)
    return isAnswered && messages.some(({ reactions }) => reactions[0]?.key === '👋')
  })
  const ended = once(bot.program, 'exit')
  bot.program.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
})

test('two people talk from their terminals, over a restart of the server', async () => {
  const password = 'correct horse battery'
  const ben = start('talk/talk.ts', [world.url, 'ben', password])
  const [, id = ''] = await ben.says(/ben is (a_\d+)/)
  const cat = start('talk/talk.ts', [world.url, 'cat', password])
  await cat.says(/-- live/)
  cat.program.stdin.write(`/with ${id}\n`)
  const [, conversation = ''] = await cat.says(/-- in (c_\d+)/)
  cat.program.stdin.write('hello\n')
  await cat.says(/1 cat: hello/)
  ben.program.stdin.write(`/enter ${conversation}\n`)
  await ben.says(/1 cat: hello/)
  await world.nodes[0]?.stop()
  await cat.says(/-- waiting/)
  cat.program.stdin.write('while you were away\n')
  await cat.says(/while you were away \(on its way\)/)
  await world.nodes[0]?.start()
  await ben.says(/2 cat: while you were away/)
  ben.program.stdin.write('/react 2 👍\n')
  await cat.says(/2 cat: while you were away 👍1/)
  const ended = Promise.all([once(ben.program, 'exit'), once(cat.program, 'exit')])
  for (const { program } of [ben, cat]) program.stdin.end()
  assert.deepEqual(await ended, [
    [0, null],
    [0, null],
  ])
})
