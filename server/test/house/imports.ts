import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export const SRC = join(import.meta.dirname, '../../src')

/** Every source file, as a path in `src`. */
export const files = globSync('**/*.{ts,js}', { cwd: SRC })

/** Every import of a source file by another: of values, of types, and by `import()`. */
export const imports = files.flatMap((file) =>
  [...readFileSync(join(SRC, file), 'utf8').matchAll(/(?:from|import\(|import)\s*'(\.[^']+)'/g)].map(
    ([, target = '']) => ({ file, target: relative(SRC, join(SRC, dirname(file), target)) }),
  ),
)
