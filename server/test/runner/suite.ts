import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { tempDir } from '../support/temp-dir.ts'

const IMPORTS = `import assert from 'node:assert/strict'\nimport { before, describe, test } from 'node:test'\n`

interface Given {
  /** Bodies of test files by their names. */
  readonly files: Readonly<Record<string, string>>
  readonly words?: readonly string[]
}

/** Runs a suite of the files given as a process of its own. */
export async function runSuite(t: TestContext, { files, words = [] }: Given) {
  const root = await tempDir(t)
  const folder = join(root, 'server/test/some')
  await mkdir(folder, { recursive: true })
  await writeFile(join(root, 'package.json'), '{ "type": "module" }')
  for (const [name, body] of Object.entries(files))
    await writeFile(join(folder, `${name}.test.ts`), IMPORTS + body)
  const script = join(root, 'run.js')
  await writeFile(
    script,
    `import { runSuite } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))}
     process.exitCode = await runSuite(${JSON.stringify({ root, words, isWhole: true })})`,
  )
  // Inside a test, node:test refuses to run another file.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: '1' }
  return new Promise<{ code: unknown; lines: string[]; folder: string }>((resolve) =>
    execFile(process.execPath, [script], { env }, (error, stdout) =>
      resolve({ code: error?.code ?? 0, lines: stdout.trimEnd().split('\n'), folder }),
    ),
  )
}

/** A test. */
export const PASSES = `test('it passes', () => undefined)`
