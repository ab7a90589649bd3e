import type { NativeHttp } from '../../../server/test/support/native-http.ts'
import { until } from '../../../server/test/support/until.ts'
import { PASSWORD, type Visitor } from './browser.ts'
import { PNG } from './picture.ts'

/** Looks at a view that has come to rest, or at the dialog that lies above it. */
export type Look = (view: string, within?: 'dialog') => Promise<void>

const DOC =
  'Hello **Ben**: `code`, https://example.com and\n\n> a quote\n\n- one\n- two\n\n```\nlet x = 1\n```'

/** Somebody who has never been there: an invitation to sign in, an account, and nothing in it. */
export async function walkIn(ada: Visitor, look: Look): Promise<void> {
  await ada.page.getByRole('heading', { name: 'Sign in to Parlance' }).waitFor()
  await look('sign-in')
  await ada.page.getByRole('button', { name: 'Create an account' }).click()
  await look('register')
  await ada.page.getByRole('button', { name: 'I have an account' }).click()
  await ada.page.getByLabel('Username or e-mail').fill('ada')
  await ada.page.getByLabel('Password').fill(PASSWORD)
  await ada.page.getByRole('button', { name: 'Sign in' }).click()
  await ada.page.getByRole('navigation', { name: 'Conversations' }).waitFor()
  await look('empty')
}

/** A group of Ada's with Ben, where something of each kind was said, and one that she has put into her archive. */
export async function furnish(ada: NativeHttp, ben: NativeHttp): Promise<string> {
  const { id: c } = await ada.ok('createConversation', {
    body: { kind: 'group', name: 'Readers', members: [ben.id] },
  })
  await ada.ok('changeConversation', { params: { c }, body: { topic: 'Books and rooms' } })
  const say = (who: NativeHttp, clientId: string, body: string, more: object = {}) =>
    who.ok('sendMessage', { params: { c }, body: { clientId, body, ...more } })
  await say(ada, '1', DOC)
  await say(ben, '2', 'A zebra in the reading room @ada', { replyTo: 1 })
  await say(ben, '3', 'In the thread', { thread: 1 })
  await say(ada, '4', 'To be deleted')
  await ada.ok('deleteMessage', { params: { c, seq: 4 } })
  await ben.ok('putReaction', { params: { c, seq: 1, key: '🎉' } })
  await ada.ok('pinMessage', { params: { c, seq: 2 } })
  const { id: old } = await ada.ok('createConversation', {
    body: { kind: 'group', name: 'Last year', members: [] },
  })
  await ada.ok('changeMembership', { params: { c: old }, body: { archived: true } })
  const query = { q: 'zebra' }
  await until('the search', async () => (await ada.ok('searchMessages', { query })).items.length > 0)
  return c
}

/** Every view of somebody who is in that conversation, one after the other. */
export async function walkThrough(walker: Visitor, c: string, look: Look): Promise<void> {
  const { page } = walker
  const to = (path: string) => page.goto(`${new URL(page.url()).origin}/#/${path}`)
  const pane = (name: string) =>
    page.getByRole('complementary', { name }).or(page.getByRole('main', { name })).first()
  await to('')
  await page.getByRole('link', { name: /Readers/ }).waitFor()
  await page.getByRole('button', { name: 'Archived conversations' }).click()
  await page.getByRole('link', { name: /Last year/ }).waitFor()
  await look('list')
  await to('new')
  await page.getByText('There are none yet.').waitFor()
  await look('new')
  await to('search/zebra')
  await page.getByRole('link', { name: /zebra/ }).waitFor()
  await look('search')
  await to('settings')
  await page.getByText('This browser').waitFor()
  await look('settings')
  await to(`c/${c}`)
  await walker.message('In the thread').first().waitFor()
  await page.getByRole('img', { name: 'Read by Ben Okri' }).waitFor()
  await look('conversation')
  for (const [path, title, sign] of PANES) {
    await to(`c/${c}/${path}`)
    await pane(title).getByText(sign).first().waitFor()
    await look(path.replace(/\/.*/, ''))
  }
  await to(`c/${c}`)
  await writeSomething(walker, look)
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Go to' }).getByRole('option').first().waitFor()
  await look('switcher', 'dialog')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Go to' }).waitFor({ state: 'detached' })
  await page.getByRole('article').first().focus()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await look('keys', 'dialog')
  await page.keyboard.press('Escape')
}

/** The page of administrators, and the account of Ben there. */
export async function walkAsAdmin({ page }: Visitor, look: Look): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/#/admin`)
  await page.reload()
  await page.getByText('by the setting BACKUP_DIR').waitFor()
  const accounts = page.getByRole('list', { name: 'Accounts' })
  await accounts.getByRole('link', { name: /Ben Okri/ }).waitFor()
  await page.getByRole('list', { name: 'Conversations', exact: true }).getByText('Readers').waitFor()
  await page.getByRole('term').first().waitFor()
  await look('admin')
  await accounts.getByRole('link', { name: /Ben Okri/ }).click()
  await page.getByRole('button', { name: 'Disable' }).waitFor()
  await look('account')
}

const PANES = [
  ['details', 'Details', 'Days for which messages'],
  ['pins', 'Pinned messages', 'A zebra'],
  ['thread/1', 'Thread', 'In the thread'],
  ['person/a_2', 'Profile', '@ben'],
] as const

/** The helpers of a writer: a menu, suggestions, a preview, emoji, files and the viewer. */
async function writeSomething(walker: Visitor, look: Look): Promise<void> {
  const { page, composer } = walker
  const row = walker.message('A zebra')
  await row.hover()
  await row.getByRole('button', { name: 'Actions of this message' }).click()
  await row.getByRole('button', { name: 'Copy link' }).waitFor()
  await look('menu')
  await page.keyboard.press('Escape')
  await composer.pressSequentially('**Look** @b')
  await page.getByRole('option').first().waitFor()
  await page.getByRole('button', { name: 'Preview' }).click()
  await composer.press('End')
  await look('completion')
  await composer.fill('')
  await page.getByRole('button', { name: 'Insert emoji' }).click()
  // A few of them: axe takes a minute for all.
  await page.getByRole('searchbox', { name: 'Search emoji' }).fill('book')
  await page.getByRole('gridcell', { name: 'open book' }).waitFor()
  await look('emoji', 'dialog')
  // The first one empties the search.
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Emoji' }).waitFor({ state: 'detached' })
  const picture = { name: 'dot.png', mimeType: 'image/png', buffer: PNG }
  await page.locator('.composer input[type=file]').setInputFiles([picture])
  await page.getByRole('button', { name: 'Take dot.png off' }).waitFor()
  await look('tray')
  await composer.fill('A picture')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await walker.message('A picture').getByRole('img', { name: 'dot.png' }).click()
  await page.getByRole('dialog', { name: /dot\.png/ }).waitFor()
  await look('viewer', 'dialog')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: /dot\.png/ }).waitFor({ state: 'detached' })
}
