import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { NativeHttp } from '../../../server/test/support/native-http.ts'
import { startParlance } from '../../../server/test/support/server.ts'
import { faultsOf } from '../support/axe.ts'
import { DESKTOP, noBrowser, openBrowser, PHONE, Visitor } from '../support/browser.ts'
import { makeAdmin } from '../support/people.ts'
import { furnish, type Look, walkAsAdmin, walkIn, walkThrough } from '../support/views.ts'

const skip = noBrowser
const TREES = join(import.meta.dirname, 'trees')

/** The tree that a screen reader is given, without what is another at each run. */
const treeOf = async (visitor: Visitor, within: 'dialog' | undefined): Promise<string> => {
  const { page } = visitor
  const place = within ? page.locator('dialog[open], [popover]:popover-open').last() : page.locator('body')
  return (await place.ariaSnapshot())
    .replaceAll(/\w+day,? \d+ \w+ \d{4} at \d{2}:\d{2}/g, '(time)')
    .replaceAll(/\b\d{1,2}:\d{2}\b/g, '(time)')
    .replaceAll(/\b\d+ \w+ \d{4}, \(time\)/g, '(time)')
    .replaceAll(/^( *- definition): ("\d[\d,]*"|–)$/gm, '$1: (number)')
    .replaceAll(/\/v1\/files\/[\w-]+/g, '/v1/files/(id)')
    .concat('\n')
}

/** Looks by axe in light and in dark colours, and keeps what it finds. */
const lookBy =
  ({ page }: Visitor, found: Record<string, readonly string[]>): Look =>
  async (view) => {
    const faults = [...(await faultsOf(page))]
    await page.emulateMedia({ colorScheme: 'dark' })
    faults.push(...(await faultsOf(page, 'colours')).map((fault) => `in the dark, ${fault}`))
    await page.emulateMedia({ colorScheme: 'light' })
    if (faults.length > 0) found[view] = faults
  }

/** Ada and Ben, who have accounts. */
async function people(t: TestContext) {
  const server = await startParlance()
  t.after(() => server.close())
  const ada = await NativeHttp.register(server.url, 'ada', { displayName: 'Ada Lovelace' })
  const ben = await NativeHttp.register(server.url, 'ben', { displayName: 'Ben Okri' })
  return { server, browser: await openBrowser(t), ada, ben }
}

// `node --test --test-update-snapshots web/test/browser/accessible.test.ts` writes the trees anew.
test('axe finds nothing at a desk, and a screen reader is given the trees that are kept', {
  skip,
}, async (t) => {
  const { server, browser, ada, ben } = await people(t)
  const visitor = await Visitor.arrive(browser, server.url, { ...DESKTOP, colorScheme: 'light' })
  const found: Record<string, readonly string[]> = {}
  const trees: [view: string, tree: string][] = []
  const byAxe = lookBy(visitor, found)
  const look: Look = async (view, within) => {
    trees.push([view, await treeOf(visitor, within)])
    await byAxe(view)
  }
  await walkIn(visitor, look)
  await walkThrough(visitor, await furnish(ada, ben), look)
  await makeAdmin(server, 'ada')
  await walkAsAdmin(visitor, look)
  assert.deepEqual(found, {})
  assert.deepEqual(visitor.errors, [])
  for (const [view, tree] of trees)
    t.assert.fileSnapshot(tree, join(TREES, `${view}.yml`), { serializers: [String] })
})

test('axe finds nothing on a phone', { skip }, async (t) => {
  const { server, browser, ada, ben } = await people(t)
  const visitor = await Visitor.arrive(browser, server.url, { ...PHONE, colorScheme: 'light' })
  const found: Record<string, readonly string[]> = {}
  const look = lookBy(visitor, found)
  await walkIn(visitor, look)
  await walkThrough(visitor, await furnish(ada, ben), look)
  await makeAdmin(server, 'ada')
  await walkAsAdmin(visitor, look)
  assert.deepEqual(found, {})
  assert.deepEqual(visitor.errors, [])
})
