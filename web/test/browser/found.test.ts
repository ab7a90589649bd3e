import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ask } from '../support/ask.ts'
import { noBrowser } from '../support/browser.ts'
import { adaWithBen } from '../support/people.ts'
import { PNG } from '../support/picture.ts'

const skip = noBrowser

/** As `adaWithBen`, with the id of the conversation. */
async function withId(t: TestContext) {
  const world = await adaWithBen(t)
  return { ...world, c: /c_\d+/.exec(world.ada.page.url())?.[0] }
}

test('a word that was said long ago is found, and its message is shown among its neighbours', {
  skip,
}, async (t) => {
  const { ada, c } = await withId(t)
  for (let number = 1; number <= 120; number++) {
    const body = number === 10 ? 'the **zebra** crosses here' : `message ${number}`
    assert.equal(
      await ask(ada, 'POST', `/v1/conversations/${c}/messages`, { clientId: `m${number}`, body }),
      201,
    )
  }
  const search = ada.page.getByRole('searchbox', { name: 'Find a conversation' })
  const found = ada.page.getByRole('link', { name: /zebra/ })
  // The index follows the log by a second at most.
  for (let tries = 0; tries < 30 && (await found.count()) === 0; tries++) {
    await ada.page.goto(ada.page.url().replace(/#.*/, '#/'))
    await search.fill('Zebra')
    await search.press('Enter')
    await ada.page.getByRole('main', { name: 'Messages with Zebra' }).waitFor()
    await ada.page.getByRole('status').filter({ hasText: 'Searching' }).waitFor({ state: 'detached' })
    await ada.page.waitForTimeout(200)
  }
  assert.equal(await found.locator('mark').textContent(), 'zebra')
  await found.click()
  await ada.message('the zebra crosses here').waitFor()
  await ada.message(/message 11(?!\d)/).waitFor()
  assert.deepEqual(ada.errors, [])
})

test('a picture is shown in its size, and another file by its name', { skip }, async (t) => {
  const { ada, ben, c } = await withId(t)
  const upload = (name: string, bytes: readonly number[]) =>
    ada.page.evaluate(
      async ([title, content]) => {
        const bytes = new Uint8Array(content as number[])
        const answer = await fetch('/v1/uploads', {
          method: 'POST',
          headers: {
            'tus-resumable': '1.0.0',
            'upload-length': String(bytes.length),
            'upload-metadata': `filename ${btoa(title as string)}`,
            'content-type': 'application/offset+octet-stream',
          },
          body: bytes,
        })
        return answer.headers.get('location')?.split('/').at(-1)
      },
      [name, bytes] as const,
    )
  const attachments = [
    await upload('dot.png', [...PNG]),
    await upload('notes.html', [...Buffer.from('<script>1</script>')]),
  ]
  const sent = { clientId: 'files', body: 'two files', attachments }
  assert.equal(await ask(ada, 'POST', `/v1/conversations/${c}/messages`, sent), 201)
  await ben.open('Ada Lovelace')
  const picture = ben.message('two files').getByRole('img', { name: 'dot.png' })
  await picture.waitFor()
  await ben.page.waitForFunction(
    () => document.querySelector<HTMLImageElement>('.attachments img')?.naturalWidth === 2,
  )
  const file = ben.message('two files').getByRole('link', { name: /notes\.html/ })
  const [download] = await Promise.all([ben.page.waitForEvent('download'), file.click()])
  assert.equal(download.suggestedFilename(), 'notes.html')
  assert.deepEqual(ben.errors, [])
})
