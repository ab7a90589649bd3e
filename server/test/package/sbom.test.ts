import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { IN_WEB_CLIENT, licencesOf, purlOf, sbomOf, shippedPackages } from '../../build/sbom.ts'

const ROOT = join(import.meta.dirname, '../../..')
const run = promisify(execFile)

/** Packages that `web/package.json` names and no page loads. */
const TOOLS_OF_WEB = ['@parlance/client', 'axe-core', 'playwright-core', 'vite']

interface Component {
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly licenses: readonly object[]
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
}

test('the bill of materials that a command prints has what npm calls production dependencies', async () => {
  const { stdout } = await run(process.execPath, ['server/build/sbom.ts'], { cwd: ROOT })
  const { bomFormat, specVersion, metadata, components } = JSON.parse(stdout)
  assert.deepEqual(
    [bomFormat, specVersion, metadata.component.name],
    ['CycloneDX', '1.6', '@parlance/server'],
  )
  const refs = (components as Component[]).map((component) => component['bom-ref'])
  assert.equal(new Set(refs).size, refs.length)
  for (const { name, version, purl, licenses, hashes } of components as Component[]) {
    assert.equal(purl, purlOf({ name, version }))
    assert.equal(licenses.length, 1, name)
    assert.match(hashes?.[0]?.content ?? '', /^[0-9a-f]{128}$/, name)
  }
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only']
  const npm = await run('npm', [...args, '--workspace', 'server'], { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 })
  const expected = (JSON.parse(npm.stdout).components as Component[])
    .map(({ purl }) => purl.replace(/\?.*$/, ''))
    .filter((purl) => !purl.includes('%40parlance/'))
  assert.ok(expected.length > 50, `${expected.length}`)
  assert.deepEqual(
    expected.filter((purl) => !refs.includes(purl)),
    [],
  )
})

test('each package that the web client names is in the bill of materials or known as a tool', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'web/package.json'), 'utf8'))
  assert.deepEqual(Object.keys(devDependencies).toSorted(), [...IN_WEB_CLIENT, ...TOOLS_OF_WEB].toSorted())
  const shipped = shippedPackages().map(({ name }) => name)
  assert.deepEqual(
    IN_WEB_CLIENT.filter((name) => !shipped.includes(name)),
    [],
  )
})

for (const license of ['GPL-3.0-only', 'MIT AND GPL-3.0-only', undefined])
  test(`a package under ${license ?? 'no licence'} makes the bill of materials fail, by its name`, () => {
    const found = {
      ...{ path: 'node_modules/strange', name: 'strange', version: '1.0.0', license },
      ...{ integrity: undefined, dependencies: {} },
    }
    assert.throws(() => sbomOf([found]), /strange 1\.0\.0/)
    assert.throws(() => licencesOf([found]), /strange 1\.0\.0/)
    assert.ok(sbomOf([{ ...found, license: '(GPL-3.0-only OR MIT)' }]))
  })

test('the list of licences has each package with the text that its licence asks for', () => {
  const chapters = licencesOf(shippedPackages()).split(/^## /m).slice(1)
  assert.equal(chapters.length, shippedPackages().length)
  const textless = chapters.filter((chapter) => chapter.trim().split('\n').length < 5)
  assert.ok(textless.length < 10, textless.join())
})
