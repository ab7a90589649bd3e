import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser, type Visitor } from '../support/browser.ts'
import { adaWithBen } from '../support/people.ts'
import { PNG } from '../support/picture.ts'

const skip = noBrowser

const chooseFiles = ({ page }: Visitor, files: { name: string; mimeType: string; buffer: Buffer }[]) =>
  page.locator('.composer input[type=file]').setInputFiles(files)

/** Pastes or drops files, as a browser would tell of it. */
const give = (visitor: Visitor, type: 'paste' | 'drop', name: string) =>
  visitor.composer.evaluate(
    (field, [kind, title]) => {
      const data = new DataTransfer()
      data.items.add(new File(['some words'], title ?? '', { type: 'text/plain' }))
      const init = { bubbles: true, cancelable: true }
      field.dispatchEvent(
        kind === 'paste'
          ? new ClipboardEvent('paste', { ...init, clipboardData: data })
          : new DragEvent('drop', { ...init, dataTransfer: data }),
      )
    },
    [type, name],
  )

test('files that were chosen, pasted and dropped go with one message, and pictures are looked at', {
  skip,
}, async (t) => {
  const { ada, ben } = await adaWithBen(t)
  const tray = ada.page.getByRole('list', { name: 'Files of your message' })
  await chooseFiles(ada, [
    { name: 'one.png', mimeType: 'image/png', buffer: PNG },
    { name: 'two.png', mimeType: 'image/png', buffer: PNG },
  ])
  await give(ada, 'paste', 'pasted.txt')
  await give(ada, 'drop', 'dropped.txt')
  await tray.getByText('dropped.txt').waitFor()
  await tray.getByRole('button', { name: /pasted\.txt/ }).click()
  await ada.say('Three files')
  await tray.waitFor({ state: 'detached' })
  await ben.open('Ada Lovelace')
  const message = ben.message('Three files')
  await message.getByRole('link', { name: /dropped\.txt/ }).waitFor()
  assert.equal(await message.getByText('pasted.txt').count(), 0)
  await message.getByRole('img', { name: 'one.png' }).click()
  await ben.page.getByRole('dialog', { name: 'Picture 1 of 2: one.png' }).waitFor()
  await ben.page.keyboard.press('ArrowRight')
  await ben.page.getByRole('dialog', { name: 'Picture 2 of 2: two.png' }).waitFor()
  await ben.page.keyboard.press('Escape')
  await ben.page.getByRole('dialog').waitFor({ state: 'detached' })
  assert.deepEqual([...ada.errors, ...ben.errors], [])
})

test('a file comes through a network that breaks, and its message goes when it is there', {
  skip,
}, async (t) => {
  const { ada, ben } = await adaWithBen(t)
  let cuts = 0
  await ada.page.route('**/v1/uploads/*', async (route) => {
    // The second piece never arrives, the first time.
    const isSecond = route.request().headers()['upload-offset'] === String(256 * 1024)
    if (!isSecond || cuts++ > 0) return route.continue()
    return route.abort('connectionreset')
  })
  const buffer = Buffer.alloc(1_000_000, 'parlance ')
  await chooseFiles(ada, [{ name: 'large.bin', mimeType: 'application/octet-stream', buffer }])
  await ada.say('Here it is')
  await ben.open('Ada Lovelace')
  const file = ben.message('Here it is').getByRole('link', { name: /large\.bin/ })
  await file.waitFor()
  const [download] = await Promise.all([ben.page.waitForEvent('download'), file.click()])
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
  assert.ok(Buffer.concat(chunks).equals(buffer), 'every byte, once')
  assert.ok(cuts > 0)
})

test('a text that is too long is said to be so, and can be sent as a file', { skip }, async (t) => {
  const { ada, ben } = await adaWithBen(t)
  await ada.composer.fill('long words '.repeat(10_000))
  await ada.page.getByText(/This message has 1\d\d kB, and at most [\d.]+ kB can be sent/).waitFor()
  assert.ok(await ada.page.getByRole('button', { name: 'Send', exact: true }).isDisabled())
  await ada.page.getByRole('button', { name: 'Send it as a file' }).click()
  await ada.say('Read this')
  await ben.open('Ada Lovelace')
  await ben
    .message('Read this')
    .getByRole('link', { name: /message\.txt/ })
    .waitFor()
})

test('more files than a message may have are left out, and that is said', { skip }, async (t) => {
  const { ada } = await adaWithBen(t)
  const files = Array.from({ length: 12 }, (_, n) => ({
    name: `${n}.txt`,
    mimeType: 'text/plain',
    buffer: Buffer.from('x'),
  }))
  await chooseFiles(ada, files)
  await ada.page.getByText('Only 10 files fit on one message. The others were left out.').waitFor()
  assert.equal(
    await ada.page.getByRole('list', { name: 'Files of your message' }).getByRole('listitem').count(),
    10,
  )
})
