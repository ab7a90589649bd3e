import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { build } from 'vite'
import { emojiPlugin } from './emoji.ts'
import { PAGES } from './limits.ts'
import { writeWorker } from './worker.ts'

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
    rolldownOptions: { input: PAGES.map(({ file }) => join(ROOT, file)) },
  },
})

writeWorker(DIST)

const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
const packedSizes = new Map<string, number>()
await Promise.all(
  files.map(async (file) => {
    if (IS_PACKED.test(file)) return
    const bytes = readFileSync(file)
    for (const [ending, compress] of Object.entries(compressedBy)) {
      const packed = await compress(bytes)
      writeFileSync(`${file}.${ending}`, packed)
      if (ending === 'gz') packedSizes.set(file, packed.length)
    }
  }),
)
for (const page of PAGES) weigh(page)

/** The first load is what the page itself names; chunks that are loaded later do not count. */
function weigh({ file: page, name, limits }: (typeof PAGES)[number]): void {
  const html = readFileSync(join(DIST, page), 'utf8')
  const named = [...packedSizes].filter(([file]) => html.includes(file.slice(DIST.length)))
  const sizeOf = (ending: string) =>
    named.reduce((sum, [file, bytes]) => (file.endsWith(ending) ? sum + bytes : sum), 0)
  const sizes = { script: sizeOf('.js'), style: sizeOf('.css') }
  process.stdout.write(
    `${name}: ${kilobytes(sizes.script)} of script and ${kilobytes(sizes.style)} of style at first, by gzip\n`,
  )
  for (const kind of ['script', 'style'] as const)
    if (sizes[kind] > limits[kind])
      throw new Error(
        `the first ${kind} of ${page} has ${kilobytes(sizes[kind])}, and at most ${kilobytes(limits[kind])} are allowed`,
      )
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`
}
