import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { type TestContext, test } from 'node:test'
import { freePort } from '../support/free-port.ts'
import { startPebble } from '../support/pebble.ts'
import { trust } from '../support/trust.ts'

// Defects of acme-client 5.4.0, each with the workaround in `certificates/acme-order.ts` that it is the reason of.

const require = createRequire(import.meta.url)

/** The library as it comes: the one that a server has loaded in this process has been changed. */
function library(): typeof import('acme-client') {
  for (const file of Object.keys(require.cache))
    if (/[\\/]acme-client[\\/]src[\\/]/.test(file)) delete require.cache[file]
  return require('acme-client')
}

/** The address of an authority that this process believes. */
async function authority(t: TestContext): Promise<string> {
  const pebble = await startPebble(t, { challengePort: await freePort() })
  trust(t, pebble.own.certText)
  return pebble.directory
}

test('DEFECT: an account that is there is changed by nothing, which an authority refuses (`findAccount`)', async (t) => {
  const { Client, crypto } = library()
  const [directoryUrl, accountKey] = [await authority(t), await crypto.createPrivateEcdsaKey('P-256')]
  const register = () =>
    new Client({ directoryUrl, accountKey }).createAccount({ termsOfServiceAgreed: true })
  await register()
  await assert.rejects(register)
})

test('DEFECT: why there was no answer is forgotten when it has been tried again (`library`)', async () => {
  const { Client, crypto, axios } = library()
  // Else it tries again for a minute.
  Object.assign(axios.defaults, { acmeSettings: { retryMaxAttempts: 0 } })
  const directoryUrl = `https://127.0.0.1:${await freePort()}/dir`
  const client = new Client({ directoryUrl, accountKey: await crypto.createPrivateEcdsaKey('P-256') })
  await assert.rejects(client.createAccount({ termsOfServiceAgreed: true }), (error) => {
    assert.ok(error instanceof Error)
    assert.doesNotMatch(`${error.message} ${'code' in error ? error.code : ''}`, /ECONNREFUSED/)
    return true
  })
})

test('without its interceptors the library says why there was no answer, at once', async () => {
  const { Client, crypto, axios } = library()
  axios.interceptors.request.clear()
  axios.interceptors.response.clear()
  const directoryUrl = `https://127.0.0.1:${await freePort()}/dir`
  const client = new Client({ directoryUrl, accountKey: await crypto.createPrivateEcdsaKey('P-256') })
  await assert.rejects(client.createAccount({ termsOfServiceAgreed: true }), { code: 'ECONNREFUSED' })
})

test('the library has the account that it was told to look for', async (t) => {
  const { Client, crypto } = library()
  const [directoryUrl, accountKey] = [await authority(t), await crypto.createPrivateEcdsaKey('P-256')]
  await assert.rejects(new Client({ directoryUrl, accountKey }).createAccount({ onlyReturnExisting: true }))
  await new Client({ directoryUrl, accountKey }).createAccount({ termsOfServiceAgreed: true })
  const client = new Client({ directoryUrl, accountKey })
  await client.createAccount({ onlyReturnExisting: true })
  assert.match(client.getAccountUrl(), /^https:/)
})
