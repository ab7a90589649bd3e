/** What compose.yaml holds, as far as it is written: mappings, lists and words. */
export type Yaml = string | readonly Yaml[] | { readonly [key: string]: Yaml }

type Mapping = Record<string, Yaml>

interface Line {
  readonly indent: number
  readonly text: string
}

/** Reads the part of YAML that compose.yaml is written in, and throws for any other: there is no library for it here. */
export function readYaml(text: string): Yaml {
  const lines = text.split('\n').flatMap((line) => {
    const bare = line.trimStart()
    return bare === '' || bare.startsWith('#') ? [] : [{ indent: line.length - bare.length, text: bare }]
  })
  return new Reader(lines).block(0)
}

class Reader {
  readonly #lines: Line[]
  readonly #anchors = new Map<string, Mapping>()

  constructor(lines: Line[]) {
    this.#lines = lines
  }

  block(indent: number): Yaml {
    return this.#next(indent)?.text.startsWith('- ') ? this.#list(indent) : this.#mapping(indent, {})
  }

  #list(indent: number): Yaml {
    const items: Yaml[] = []
    for (let line = this.#next(indent); line; line = this.#next(indent)) {
      this.#lines.shift()
      const item = { indent: indent + 2, text: line.text.slice(2) }
      if (/^\w+: /.test(item.text)) {
        this.#lines.unshift(item)
        items.push(this.#mapping(item.indent, {}))
      } else items.push(word(item.text))
    }
    return items
  }

  #mapping(indent: number, mapping: Mapping): Yaml {
    for (let line = this.#next(indent); line; line = this.#next(indent)) {
      this.#lines.shift()
      const [, key = '', value = ''] = /^([\w<-]+):(?: (.+))?$/.exec(line.text) ?? fail(line.text)
      if (key === '<<') Object.assign(mapping, this.#anchors.get(value.slice(1)) ?? fail(value))
      else mapping[key] = this.#valueOf(value, indent)
    }
    return mapping
  }

  #valueOf(value: string, indent: number): Yaml {
    if (value !== '' && !value.startsWith('&')) return word(value)
    const inner = this.#lines[0]
    if (!inner || inner.indent <= indent) return ''
    const block = this.block(inner.indent)
    if (value !== '') this.#anchors.set(value.slice(1), block as Mapping)
    return block
  }

  #next(indent: number): Line | undefined {
    const [line] = this.#lines
    if (line && line.indent > indent) fail(line.text)
    return line?.indent === indent ? line : undefined
  }
}

const word = (text: string): Yaml =>
  text.startsWith('[') && text.endsWith(']')
    ? text.slice(1, -1).split(', ').map(word)
    : text.replace(/^'(.*)'$/, '$1')

function fail(text: string): never {
  throw new Error(`compose.yaml has something that its test cannot read: ${text}`)
}
