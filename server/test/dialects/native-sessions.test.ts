import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { NativeHttp, unique } from '../support/native-http.ts'
import { target } from '../support/server.ts'

const { url, close } = await target()
after(() => close())

const PASSWORD = 'correct horse battery'
const VOID = '401 not_authorized'

/** An account that is signed in on some devices, the first of which registered it. */
async function devices<const Names extends readonly string[]>(...names: Names) {
  const username = unique('ann')
  const first = await NativeHttp.register(url, username)
  const signIn = async (device: string, password = PASSWORD) => {
    const body = { login: username, password, device }
    const { session, account } = await new NativeHttp(url).ok('createSession', { body })
    return { session, http: new NativeHttp(url, { token: session.token, id: account.id }) }
  }
  const others: Awaited<ReturnType<typeof signIn>>[] = []
  for (const name of names) others.push(await signIn(name))
  return { username, first, others, signIn }
}

const namesOf = async (asker: NativeHttp) =>
  (await asker.ok('listSessions')).items.map(({ device, isCurrent }) => [device, isCurrent])

describe('sessions', () => {
  it('are listed to their account, which knows the one that asks', async () => {
    const { first, others } = await devices('phone', 'desk')
    const [phone, desk] = others
    assert.ok(phone && desk)
    assert.match(phone.session.token ?? '', /^plt_[\w-]{43}$/)
    assert.deepEqual(await namesOf(phone.http), [
      ['desk', false],
      ['phone', true],
      [null, false],
    ])
    const { items } = await first.ok('listSessions')
    assert.equal(items[1]?.id, phone.session.id)
    assert.ok(items.every((item) => !Object.values(item).some((value) => `${value}`.startsWith('plt_'))))
    const [stranger] = await NativeHttp.people(url, 'bob')
    assert.deepEqual(await namesOf(stranger), [[null, true]])
  })

  it('end one by one, however often that is asked, and by nobody else', async () => {
    const { first, others } = await devices('phone')
    const [phone] = others
    assert.ok(phone)
    const params = { s: phone.session.id }
    const [stranger] = await NativeHttp.people(url, 'bob')
    assert.equal((await stranger.done('endSession', { params })).status, 204)
    assert.equal((await namesOf(phone.http)).length, 2)
    for (let n = 0; n < 2; n++) assert.equal((await first.done('endSession', { params })).status, 204)
    assert.equal(await phone.http.refusal('getMe'), VOID)
    assert.deepEqual(await namesOf(first), [[null, true]])
    const current = (await first.ok('listSessions')).items[0]?.id ?? ''
    await first.ok('endSession', { params: { s: current } })
    assert.equal(await first.refusal('listSessions'), VOID)
  })

  it('end all but one, which goes on; of two that ask at once one goes on', async () => {
    const { others } = await devices('phone', 'desk')
    const asked = others.map(({ http }) => http.attempt('endOtherSessions'))
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    assert.deepEqual(statuses.toSorted(), [204, 401])
    const winner = others[statuses.indexOf(204)]
    assert.ok(winner)
    assert.equal((await namesOf(winner.http)).length, 1)
  })

  it('end with the old password, but for the one through which the new one is set', async () => {
    const { first, others, signIn } = await devices('phone')
    const [phone] = others
    assert.ok(phone)
    const next = 'another good passphrase'
    const wrong = { current: 'wrong', next }
    assert.match(await phone.http.refusal('changePassword', { body: wrong }), /^401 /)
    assert.equal((await namesOf(first)).length, 2)
    await phone.http.ok('changePassword', { body: { current: PASSWORD, next } })
    assert.equal(await first.refusal('getMe'), VOID)
    assert.deepEqual(await namesOf(phone.http), [['phone', true]])
    await signIn('later', next)
    assert.equal((await namesOf(phone.http)).length, 2)
  })

  it('are at most a hundred of an account: the least recently used goes', async () => {
    const { first, others, signIn } = await devices('phone')
    const [phone] = others
    assert.ok(phone)
    // One after the other, because passwords take their time.
    for (let n = 0; n < 98; n++) await signIn(`device ${n}`)
    assert.equal((await namesOf(phone.http)).length, 100)
    await signIn('one more')
    assert.equal(await first.refusal('getMe'), VOID)
    assert.equal((await namesOf(phone.http)).length, 100)
  })

  it('are not found by what is no session’s token or id', async () => {
    const { first, others } = await devices('phone')
    const [phone] = others
    assert.ok(phone)
    const { id, token = '' } = phone.session
    for (const secret of [id, id.slice(2), token.slice(4), `${token}x`, token.slice(0, -1), 'plt_', '\u00e4'])
      assert.equal(await new NativeHttp(url, { token: secret }).refusal('getMe'), VOID)
    for (const s of ['a_1', 's_', 's_%00', 's_..', `s_${'x'.repeat(1000)}`, token])
      assert.match(await first.refusal('endSession', { params: { s } }), /^40[04] /)
    assert.equal((await namesOf(phone.http)).length, 2)
  })
})
