import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parlance } from '../support/command.ts'
import { NativeHttp } from '../support/native-http.ts'
import type { Owner } from '../support/owner.ts'
import { startParlance } from '../support/server.ts'
import { upload } from '../support/uploads.ts'

/** One account that sends files on a server, which is closed with it. */
export class Talk implements AsyncDisposable {
  readonly ann: NativeHttp
  readonly #close: () => Promise<void>
  readonly #conversation: string

  private constructor(ann: NativeHttp, conversation: string, close: () => Promise<void>) {
    this.ann = ann
    this.#conversation = conversation
    this.#close = close
  }

  static async start(settings: Readonly<Record<string, string>>, name = 'ann'): Promise<Talk> {
    const server = await startParlance(settings)
    const ann = await NativeHttp.register(server.url, name)
    const { id } = await ann.ok('createConversation', { body: { kind: 'open', name: `files of ${name}` } })
    return new Talk(ann, id, () => server.close())
  }

  /** Answers the file's id. */
  async sendFile(text: string): Promise<string> {
    const id = await upload(this.ann, text, { name: 'a.txt' })
    const body = { clientId: id, body: 'see', attachments: [id] }
    await this.ann.ok('sendMessage', { params: { c: this.#conversation }, body })
    return id
  }

  async say(text: string): Promise<void> {
    await this.ann.ok('sendMessage', {
      params: { c: this.#conversation },
      body: { clientId: text, body: text },
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close()
  }
}

/** The contents in a folder of files: their bytes by their names. */
export async function contentsOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = globSync(join(folder, 'contents/*/*'))
  const texts = await Promise.all(files.map(async (file) => [basename(file), await readFile(file, 'utf8')]))
  return new Map(texts.toSorted() as [string, string][])
}

/** Makes a back-up, and answers what the command says. */
export async function backUp(owner: Owner, ...args: readonly string[]): Promise<string> {
  const { code, stderr } = await parlance(owner, 'backup', ...args)
  assert.equal(code, 0, stderr)
  assert.match(stderr, /^Backed up, and the copy was read through\.$/m)
  return stderr
}

/** Restores one, and answers what the command says. */
export async function restore(owner: Owner, ...args: readonly string[]): Promise<string> {
  const { code, stderr } = await parlance(owner, 'restore', ...args)
  assert.equal(code, 0, stderr)
  assert.match(stderr, /^Restored, and compared with the manifest\.$/m)
  return stderr
}

interface Verdict {
  readonly code: number | string
  readonly rows: readonly { readonly level: string; readonly subject: string; readonly found: string }[]
  readonly stderr: string
}

export async function verify(owner: Owner, directory: string): Promise<Verdict> {
  const { code, stdout, stderr } = await parlance(owner, 'backup', '--verify', directory, '--json')
  const lines = stdout.split('\n').filter((line) => line !== '')
  return { code, stderr, rows: lines.map((line) => JSON.parse(line)) }
}
