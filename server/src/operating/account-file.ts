import { open, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AccountExport } from '../core/chat.ts'
import { answer } from '../lib/answer.ts'
import { fileRefusal } from '../lib/file-refusal.ts'
import { type OperatorSettings, operate } from './endpoints.ts'
import { accountNamed } from './named.ts'

interface ExportOrder {
  readonly settings: OperatorSettings
  readonly username: string
  /** Where to write; nothing is overwritten. '-' for standard output. */
  readonly file: string
}

/**
 * Writes all that is an account's own into a file, one JSON object a line, as `POST /v1/accounts/me/export` answers it.
 * Throws `CommandEnd`, `StoreRefusal`.
 */
export async function exportAccount({ settings, username, file }: ExportOrder): Promise<void> {
  await operate(settings, async ({ store, chat, clock, audit }) => {
    const { accountId } = await accountNamed(chat.accounts, username)
    const at = clock.nowMicros()
    const noted = { act: 'accounts export', subject: username }
    await audit.record(noted, async () => {
      const { exports, files } = store
      const pages = new AccountExport({ store: exports, files, accountId, at, onEnd: () => undefined })
      if (file === '-') for await (const page of pages) await answer(textOf(page))
      else await writeNew(resolve(file), pages)
    })
    if (file !== '-') await answer(`All that is ${username}'s own is in ${resolve(file)}.\n`)
  })
}

const textOf = (page: readonly unknown[]): string => page.map((line) => `${JSON.stringify(line)}\n`).join('')

/** A file for its owner alone. One that was not finished is removed. */
async function writeNew(path: string, pages: AccountExport): Promise<void> {
  try {
    await using handle = await open(path, 'wx', 0o600)
    try {
      for await (const page of pages) await handle.write(textOf(page))
      await handle.sync()
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
  } catch (error) {
    throw fileRefusal(error, path, 'written')
  }
}
