import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { build } from 'vite'
import { emojiPlugin } from './emoji.ts'
import { LIMITS } from './limits.ts'

const ROOT = join(import.meta.dirname, '..')
const DIST = join(ROOT, 'dist')
/** Files that are not smaller when they are compressed. */
const IS_PACKED = /\.(?:png|woff2|ico)$/

const compressedBy = { br: promisify(brotliCompress), gz: promisify(gzip) }

await build({
  root: ROOT,
  configFile: false,
  plugins: [emojiPlugin()],
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: DIST,
    emptyOutDir: true,
    target: 'es2023',
    // The first that know `light-dark()`, all of 2024: it would be written out for older ones.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})

const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
const sizes = { script: 0, style: 0 }
await Promise.all(
  files.map(async (file) => {
    if (IS_PACKED.test(file)) return
    const bytes = readFileSync(file)
    for (const [ending, compress] of Object.entries(compressedBy)) {
      const packed = await compress(bytes)
      writeFileSync(`${file}.${ending}`, packed)
      if (ending === 'gz') count(file, packed.length)
    }
  }),
)
const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`
process.stdout.write(
  `web: ${kilobytes(sizes.script)} of script and ${kilobytes(sizes.style)} of style at first, by gzip\n`,
)
for (const [kind, most] of Object.entries(LIMITS)) {
  const size = sizes[kind as keyof typeof sizes]
  if (size > most)
    throw new Error(`the first ${kind} has ${kilobytes(size)}, and at most ${kilobytes(most)} are allowed`)
}

/** The first load is what the page itself names; chunks that are loaded later do not count. */
function count(file: string, bytes: number): void {
  const page = readFileSync(join(DIST, 'index.html'), 'utf8')
  if (!page.includes(file.slice(DIST.length))) return
  if (file.endsWith('.js')) sizes.script += bytes
  if (file.endsWith('.css')) sizes.style += bytes
}
