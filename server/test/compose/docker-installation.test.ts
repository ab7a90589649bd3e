import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { interopMatrix } from '../interop/matrix.ts'
import { World } from '../interop/world.ts'
import { KEYS } from '../support/channels.ts'
import { freePort } from '../support/free-port.ts'
import type { Owner } from '../support/owner.ts'
import { register } from '../support/rooms.ts'
import { START_MS, until } from '../support/until.ts'
import { isServed } from './balancer.ts'
import { docker, Installation } from './installation.ts'
import { carriesOn } from './listening.ts'

// compose.yaml in Docker, from an empty checkout: the interop matrix through it, and what its nodes' end and its own
// come to.

const opened = new AsyncDisposableStack()
after(() => opened.disposeAsync())
const owner: Owner = { after: (close) => opened.defer(close) }

const settings = {
  ...{ ...KEYS, PARLANCE_RATE_LIMITS: 'off', LOG_LEVEL: 'warn', CHANNELS_HISTORY_LIMIT: '100000' },
  MAX_MESSAGE_BYTES: '5000',
}
const installation = await Installation.start(owner, settings)
const { balancer } = installation

interopMatrix(() => World.start({ ...settings, ...installation.engines, LOG_LEVEL: 'silent' }, [balancer]))

test('a setting in .env is one of both nodes', async () => {
  const person = await register(balancer.url, 'ann')
  const gid = await person.createRoom()
  for (let n = 0; n < 4; n++) {
    assert.equal((await person.send(gid, 'a'.repeat(5_000))).ok, true)
    assert.equal((await person.send(gid, 'a'.repeat(5_001))).ok, false)
  }
})

test('a new version goes to one node after the other: nothing that is said is refused, everybody comes back', async (t) => {
  const containers = () => installation.containersOf('one', 'two', 'balancer')
  const before = await containers()
  await carriesOn(t, balancer, async () => {
    await installation.changeVersion()
    await installation.compose('up', '--build', '--wait', '--no-deps', 'one')
    await setTimeout(3_000)
    await installation.compose('up', '--wait', '--no-deps', 'two')
    await setTimeout(3_000)
  })
  const isSame = (await containers()).map((container, n) => container === before[n])
  assert.deepEqual(isSame, [false, false, true])
})

test('messages are there after all containers were taken down and started again', async () => {
  const person = await register(balancer.url, 'ann')
  const gid = await person.createRoom()
  await person.send(gid, 'see you')
  await installation.compose('stop')
  assert.deepEqual(await installation.exitCodesOf('one', 'two'), [0, 0])
  await installation.compose('down')
  await installation.up()
  assert.deepEqual(
    (await person.history(gid)).map(({ msg }) => msg.txt),
    ['see you'],
  )
})

test('the image alone is a server, which keeps what it stores in its volume', async (t) => {
  const image = await installation.imageOf('one')
  const port = await freePort()
  const volume = `parlance-test-${port}`
  t.after(() => docker('volume', 'rm', volume))
  const serve = async (use: (url: string) => Promise<void>) => {
    const published = `--publish=127.0.0.1:${port}:8000`
    const container = await docker('run', '--detach', '--init', published, `--volume=${volume}:/data`, image)
    try {
      const url = `http://127.0.0.1:${port}`
      await until('the container to serve', () => isServed(url), START_MS)
      await use(url)
      await docker('stop', container)
      assert.equal(await docker('inspect', '--format={{.State.ExitCode}}', container), '0')
    } finally {
      await docker('rm', '--force', container)
    }
  }
  let uuid = ''
  await serve(async (url) => {
    ;({ uuid } = await register(url, 'ann'))
  })
  await serve(async (url) => {
    const response = await fetch(`${url}/create-room`, {
      method: 'POST',
      headers: { user: uuid },
      body: '{}',
    })
    assert.equal(((await response.json()) as { ok: unknown }).ok, true)
  })
})
