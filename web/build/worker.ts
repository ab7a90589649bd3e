import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const TEMPLATE = join(import.meta.dirname, '../worker/worker.js')

/** The files that a page needs, now or later: each is named by one that needs it. Other pages have files of their own. */
function filesOf(directory: string, page: string): readonly string[] {
  const all = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.(?:js|css|svg)$/.test(name))
  const needed = new Set([page])
  for (const name of needed) {
    const text = readFileSync(join(directory, name), 'utf8')
    for (const other of all) if (text.includes(basename(other))) needed.add(other)
  }
  return [...needed].sort()
}

/** Writes the service worker of the release that lies in that folder: it knows each file of the client's page, and the page's digest. */
export function writeWorker(directory: string): void {
  const names = filesOf(directory, 'index.html')
  const all = createHash('sha256')
  for (const name of names) all.update(`${name}\n`).update(readFileSync(join(directory, name)))
  const release = {
    version: all.digest('base64url').slice(0, 16),
    page: createHash('sha256')
      .update(readFileSync(join(directory, 'index.html')))
      .digest('hex'),
    files: names.map((name) => (name === 'index.html' ? '/' : `/${name}`)),
  }
  const text = readFileSync(TEMPLATE, 'utf8').replace('__RELEASE__', JSON.stringify(release))
  writeFileSync(join(directory, 'worker.js'), text)
}
