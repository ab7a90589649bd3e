import assert from 'node:assert/strict'

const NAME = '[A-Za-z][\\w-]*'
const TAG = new RegExp(`<(/?)(${NAME})((?:\\s+${NAME}="[^"<]*")*)\\s*(/?)>`, 'y')
const WORDS = /(?:[^<&]|&(?:amp|lt|gt|quot);)+/y

/** Checks the part of XML that charts use: elements, attributes and words. */
export function assertWellFormed(xml: string): void {
  const open: string[] = []
  const text = xml.trimEnd()
  for (let at = 0; at < text.length; ) {
    TAG.lastIndex = WORDS.lastIndex = at
    const tag = TAG.exec(text)
    const found = tag ?? WORDS.exec(text)
    assert.ok(found, `not XML: ${text.slice(at, at + 80)}`)
    assert.ok(at === 0 || open.length > 0, 'there is one root')
    at += found[0].length
    if (!tag) continue
    const [, closes, name = '', attributes = '', isEmpty] = tag
    const names = [...attributes.matchAll(/([\w-]+)="/g)].map(([, each]) => each)
    assert.equal(new Set(names).size, names.length, `an attribute twice: ${tag[0]}`)
    if (closes) assert.equal(open.pop(), name)
    else if (!isEmpty) open.push(name)
  }
  assert.deepEqual(open, [])
}
