import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findCaddy } from '../support/engines/index.ts'
import { freePort } from '../support/free-port.ts'
import type { Owner } from '../support/owner.ts'
import { endWithUs } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { START_MS, until } from '../support/until.ts'

const SITE = join(import.meta.dirname, '../../../deploy/Caddyfile')

/** Starts Caddy in front of that port, with deploy/Caddyfile but for its name. Resolves with Caddy's address. */
export async function startCaddy(owner: Owner, nodePort: number): Promise<string> {
  const port = await freePort()
  const folder = await tempDir(owner)
  const url = `http://127.0.0.1:${port}`
  const site = (await readFile(SITE, 'utf8'))
    .replace(/^\{$/m, '{\n\tadmin off')
    .replace(/^chat\.example\.org \{$/m, `${url} {\n\tbind 127.0.0.1`)
    .replace('127.0.0.1:8000', `127.0.0.1:${nodePort}`)
  const file = join(folder, 'Caddyfile')
  await writeFile(file, site)
  const child = spawn(findCaddy() ?? 'caddy', ['run', '--config', file, '--adapter', 'caddyfile'], {
    env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    stdio: 'ignore',
  })
  endWithUs(child)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  owner.after(async () => {
    child.kill('SIGKILL')
    await exited
  })
  await until('Caddy to answer', () => fetch(url).then(Boolean, () => false), START_MS)
  return url
}
