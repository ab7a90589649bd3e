import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { buildPackage, minifiedCore } from '../build/index.ts'
import { operationsText } from '../build/operations.ts'

const SDK = join(import.meta.dirname, '..')
const run = promisify(execFile)
const root = await mkdtemp(join(tmpdir(), 'parlance-package-'))
after(() => rm(root, { recursive: true }))

/** Bytes of the core, minified and compressed, that a page loads at most. */
const MOST_BYTES = 12 * 1024

test('the core is at most 12 KB', async () => {
  const bytes = gzipSync(await minifiedCore(), { level: 9 }).length
  assert.ok(bytes > 4_000 && bytes <= MOST_BYTES, `${bytes} bytes`)
})

/** As the formatter may have broken it. */
const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')

test('the operations are those of the table: node sdk/build/operations.ts writes them', async () => {
  const written = await readFile(join(SDK, 'src/rest/operations.ts'), 'utf8')
  assert.equal(inOneLine(written), inOneLine(operationsText()))
})

const PROGRAM = `
import { Client, isKnown, ParlanceError } from '@parlance/client'
import { FileStorage } from '@parlance/client/node'
import { FakeServer } from '@parlance/client/testing'
import { upload } from '@parlance/client/upload'

const server = new FakeServer()
const [alice, bob] = [server.addAccount('alice'), server.addAccount('bob')]
const { id } = server.addConversation('talk', [alice, bob])
const open = async (token) => {
  const client = new Client({ url: 'http://fake', token, runtime: server.network.runtime() })
  await client.open()
  await client.ready()
  return client
}
const [a, b] = [await open(alice.token), await open(bob.token)]
const heard = new Promise((resolve) => b.on('message.sent', ({ data }) => resolve(data.message.body)))
await a.conversation(id).send('hello').done()
const file = await upload(a, new Blob(['hi'])).done()
console.log(await heard, file, typeof FileStorage, typeof isKnown, typeof ParlanceError)
a.close()
b.close()
`

const TYPED = `
import { Client, isKnown, type Message, type TimelineItem } from '@parlance/client'
import { IndexedDbStorage } from '@parlance/client/browser'
import { getConversation, listMessages } from '@parlance/client/operations'
import { useTimeline } from '@parlance/client/react'
import { FileStorage } from '@parlance/client/node'
import { FakeServer } from '@parlance/client/testing'
import { Thread } from '@parlance/client/thread'
import { type Uploading, type UploadProgress, upload } from '@parlance/client/upload'

export async function main(): Promise<string> {
  const client = new Client({ url: '', storage: new FileStorage('outbox.json'), runtime: new FakeServer().network.runtime() })
  const storage = new IndexedDbStorage('alice')
  await storage.load()
  const page = await client.rest.call(listMessages, { params: { c: 'c_1' }, query: { before: 3 } })
  const first: Message | undefined = page.items[0]
  // @ts-expect-error: a parameter is missing
  await client.rest.call(getConversation, {})
  client.on('message.deleted', ({ data }) => data.seq.toFixed())
  client.on('event', (event) => isKnown(event) && event.type === 'read.moved' && event.data.unread.toFixed())
  const sending: Uploading = upload(client, new Blob(['hello']), { name: 'hello.txt' })
  const { state, sent, size }: UploadProgress = sending.progress.get()
  if (state === 'waiting' && sent < size) sending.cancel()
  client.conversation('c_1').send('look', { attachments: [await sending.done()] })
  const items: readonly TimelineItem[] = useTimeline(client, 'c_1').items
  const [item] = items
  if (item?.kind === 'hole') await item.fill('newer')
  const { root }: { root: TimelineItem | undefined } = new Thread(client, { conversation: 'c_1', seq: 1 }).get()
  if (root?.kind === 'deleted') return root.deletedAt ?? ''
  return first?.sender.displayName ?? ''
}
`

const OPTIONS = [
  '--strict',
  '--singleThreaded',
  '--noEmit',
  '--module',
  'nodenext',
  '--target',
  'esnext',
  '--types',
  '',
]

test('its tarball installs, runs and is typed in an empty project, with nothing else of ours', async () => {
  const dist = join(root, 'dist')
  await buildPackage(dist)
  const { stdout } = await run('npm', ['pack', dist, '--json', '--pack-destination', root], { cwd: root })
  const [{ filename }] = JSON.parse(stdout)
  const project = join(root, 'project')
  await run('mkdir', [project])
  await writeFile(join(project, 'package.json'), '{ "type": "module", "private": true }')
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(root, filename)], {
    cwd: project,
  })
  const { stdout: installed } = await run('ls', ['-A', 'node_modules', 'node_modules/@parlance'], {
    cwd: project,
  })
  assert.deepEqual(installed.match(/@?\w+/g)?.includes('typebox'), false)
  await writeFile(join(project, 'main.js'), PROGRAM)
  const ran = await run(process.execPath, ['main.js'], { cwd: project })
  assert.equal(ran.stdout, 'hello f_1 function function function\n')
  await writeFile(join(project, 'typed.ts'), TYPED)
  await run(join(SDK, '../node_modules/.bin/tsc'), [...OPTIONS, 'typed.ts'], { cwd: project }).catch(failed)
})

const failed = (error: Error & { stdout?: string }): never => {
  throw new Error(error.stdout, { cause: error })
}

const SAME = `
import type * as Source from '${join(SDK, 'src/protocol.ts')}'
import type * as Written from './protocol.ts'

type Fits<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never
export const fit: {
  Account: Fits<Source.Account, Written.Account>
  Listing: Fits<Source.Listing, Written.Listing>
  Message: Fits<Source.Message, Written.Message>
  MessagePage: Fits<Source.MessagePage, Written.MessagePage>
  NewConversation: Fits<Source.NewConversation, Written.NewConversation>
  Problem: Fits<Source.Problem, Written.Problem>
  Resume: Fits<Source.Resume, Written.Resume>
  SignedIn: Fits<Source.SignedIn, Written.SignedIn>
  Operations: Fits<Source.Operations, Written.Operations>
  Requests: Fits<Source.Requests, Written.Requests>
  Events: Fits<Source.Events, Written.Events>
  AccountNews: Fits<Source.AccountNews, Written.AccountNews>
} = {
  ...{ Account: true, Listing: true, Message: true, MessagePage: true, NewConversation: true, Problem: true },
  ...{ Resume: true, SignedIn: true, Operations: true, Requests: true, Events: true, AccountNews: true },
}
`

test('the types that are written into the package are those of the protocol', async () => {
  const { wireTypes } = await import('../build/wire-types.ts')
  const folder = await mkdtemp(join(root, 'types-'))
  await writeFile(join(folder, 'protocol.ts'), wireTypes())
  await writeFile(join(folder, 'same.ts'), SAME)
  const options = [
    ...OPTIONS,
    '--allowImportingTsExtensions',
    '--exactOptionalPropertyTypes',
    '--skipLibCheck',
  ]
  await run(join(SDK, '../node_modules/.bin/tsc'), [...options, 'same.ts'], { cwd: folder }).catch(failed)
})
