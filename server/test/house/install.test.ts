import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '../../..')
const json = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'))

interface LockedPackage {
  readonly engines?: { readonly node?: string }
  readonly optional?: boolean
}

/** Whether a range such as `^20.19.0 || >=22.12.0` has a part that some Node 20 satisfies. */
const takesNode20 = (range: string): boolean =>
  range.split('||').some((part) => {
    const [, operator = '', major = ''] = /^\s*(>=|\^|~)?\s*v?(\d+|\*)/.exec(part) ?? []
    return major === '*' || (operator === '>=' ? Number(major) <= 20 : Number(major) === 20)
  })

test('npm on Node 20 installs every package without a warning about its engine', () => {
  const { packages }: { packages: Readonly<Record<string, LockedPackage>> } = json('package-lock.json')
  const all = Object.entries(packages)
  const newer = all.filter(([, { engines, optional }]) => !optional && !takesNode20(engines?.node ?? '*'))
  assert.ok(all.length > 100)
  assert.deepEqual(
    newer.map(([path, { engines }]) => `${path} ${engines?.node}`),
    [],
  )
})

test('the first file refuses each Node that the server package calls too old, and names the version', () => {
  const { devEngines } = json('server/package.json')
  const version = devEngines.runtime.version.replace('>=', '')
  const [major, minor] = version.split('.')
  const main = readFileSync(join(ROOT, 'server/src/main.js'), 'utf8')
  assert.ok(main.includes(`major < ${major} || (major === ${major} && minor < ${minor})`))
  assert.ok(main.includes(`Node ${version} or newer`))
})
