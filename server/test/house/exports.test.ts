import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '../../..')
const READERS = ['server/src', 'server/test', 'bench', 'examples', 'docs', 'web/src', 'web/test', 'web/build']
/** The folders whose exports have readers here alone. */
const CLOSED = ['server/src/', 'web/src/']

/** Exports that nobody here imports, with the reason why they stay. */
const ALLOWED: ReadonlyMap<string, string> = new Map()

const DECLARED =
  /^export (?:async )?(?:abstract )?(?:function\*?|const|let|class|interface|type) (\w+)|^export (?:type )?\{([^{}]*)\}/gm
const IMPORTED = /(?:import|export) (?:type )?\{([^{}]*)\} from '(\.[^']*)'/g
const PASSED_ON = /export (?:type )?\* from '(\.[^']*)'/g
const WHOLE = /(?:import (?:type )?\* as (\w+) from |const (\w+) = useLazy\(\(\) => import\()'(\.[^']*)'/g
const LATE = /(?:\{([^{}]*)\} = await |\(await |typeof )import\('(\.[^']*)'\)+(?:\.(\w+))?/g

const files = READERS.flatMap((folder) =>
  globSync(`${folder}/**/*.{ts,tsx,js}`, { cwd: ROOT, exclude: (name) => name.includes('node_modules') }),
)
const texts = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]))

/** The names in a list such as `type A, b as c`: those before `as`, or those after it. */
const namesIn = (list: string, side: 'before' | 'after'): readonly string[] =>
  list.split(',').flatMap((entry) => {
    const [first, , second] = entry
      .trim()
      .replace(/^type /, '')
      .split(/\s+|: /)
    return first ? [side === 'after' ? (second ?? first) : first.replace(/:$/, '')] : []
  })

const keyOf = (file: string, path: string, name: string): string =>
  `${relative('', join(dirname(file), path))} ${name}`

function importsOf(file: string, text: string): readonly string[] {
  const named = [...text.matchAll(IMPORTED)].flatMap(([, list = '', path = '']) =>
    namesIn(list, 'before').map((name) => keyOf(file, path, name)),
  )
  const late = [...text.matchAll(LATE)].flatMap(([, list = '', path = '', name = '']) =>
    [...namesIn(list, 'before'), name].map((one) => keyOf(file, path, one)),
  )
  const whole = [...text.matchAll(WHOLE)].flatMap(([, named, loaded, path = '']) =>
    [...text.matchAll(new RegExp(`\\b${named ?? loaded}\\.(\\w+)`, 'g'))].map(([, name = '']) =>
      keyOf(file, path, name),
    ),
  )
  return [...named, ...late, ...whole]
}

const exportsOf = (file: string, text: string): readonly string[] =>
  [...text.matchAll(DECLARED)].flatMap(([, name, list]) =>
    (name === undefined ? namesIn(list ?? '', 'after') : [name]).map((one) => `${file} ${one}`),
  )

test('every export is imported by somebody', () => {
  const imported = new Set([...texts].flatMap(([file, text]) => importsOf(file, text)))
  for (const [file, text] of texts) {
    for (const [, path = ''] of text.matchAll(PASSED_ON)) {
      for (const key of imported) {
        const [from = '', name = ''] = key.split(' ')
        if (from === file) imported.add(keyOf(file, path, name))
      }
    }
  }
  const exported = [...texts].filter(([file]) => CLOSED.some((folder) => file.startsWith(folder)))
  const unused = exported.flatMap(([file, text]) => exportsOf(file, text)).filter((key) => !imported.has(key))
  assert.ok(imported.size > 1_000)
  assert.deepEqual(unused.sort(), [...ALLOWED.keys()].sort())
})
