// Whether a document of the native dialect is one that clients of an earlier one can live with: what they may say is
// still taken, and what they are told is still there.

type Json = Readonly<Record<string, unknown>>

/** Requests, of which more may be taken and never less; or answers, which may tell more and never less. */
type Side = 'said' | 'told'

/** Everything that was removed or narrowed from one OpenAPI document to the next, or from one AsyncAPI document, each with its place. */
export function incompatibilities(earlier: unknown, later: unknown): readonly string[] {
  return new Comparison(objectIn(earlier), objectIn(later)).faults
}

class Comparison {
  readonly faults: string[] = []
  readonly #earlier: Json
  readonly #later: Json
  /** Pairs of references that are compared already, or being compared. */
  readonly #compared = new Set<string>()

  constructor(earlier: Json, later: Json) {
    this.#earlier = earlier
    this.#later = later
    const messages = (document: Json) => objectIn(document.components).messages
    this.#each(messages(earlier), messages(later), 'frames', (frame, other, at) => {
      const side = frame['x-direction'] === 'client' ? 'said' : 'told'
      this.#schema(objectIn(frame.payload), objectIn(other.payload), at, side)
    })
    this.#each(earlier.paths, later.paths, 'paths', (methods, others, path) =>
      this.#each(methods, others, path, (operation, other, method) =>
        this.#operation(operation, other, `${method.slice(path.length + 1).toUpperCase()} ${path.slice(6)}`),
      ),
    )
  }

  #operation(earlier: Json, later: Json, at: string): void {
    if (earlier.security !== undefined && later.security === undefined) this.#fault(at, 'asks for a session')
    this.#parameters(earlier, later, at)
    this.#content(objectIn(earlier.requestBody), objectIn(later.requestBody), `${at} body`, 'said')
    this.#each(earlier.responses, later.responses, `${at} answers`, (response, other, where) => {
      this.#each(response.headers, other.headers, `${where} headers`, () => {})
      this.#content(response, other, where, 'told')
    })
  }

  #parameters(earlier: Json, later: Json, at: string): void {
    const byName = (list: unknown) =>
      Object.fromEntries(listIn(list).map((one) => [`${one.in} ${one.name}`, one] as const))
    const [before, after] = [byName(earlier.parameters), byName(later.parameters)]
    this.#each(before, after, at, (one, other, where) => {
      this.#schema(objectIn(one.schema), objectIn(other.schema), where, 'said')
    })
    for (const [name, { required }] of Object.entries(after))
      if (required === true && before[name]?.required !== true)
        this.#fault(`${at}/${name}`, 'is required now')
  }

  #content(earlier: Json, later: Json, at: string, side: Side): void {
    if (earlier.content === undefined && later.content !== undefined && side === 'said')
      this.#fault(at, 'is required now')
    this.#each(earlier.content, later.content, at, (media, other, where) =>
      this.#schema(objectIn(media.schema), objectIn(other.schema), where, side),
    )
  }

  #schema(first: Json, second: Json, at: string, side: Side): void {
    const [earlier, later] = [this.#resolved(first, this.#earlier), this.#resolved(second, this.#later)]
    const pair = `${side} ${JSON.stringify(first)} ${JSON.stringify(second)}`
    if (first.$ref !== undefined && this.#compared.has(pair)) return
    this.#compared.add(pair)
    this.#variants(earlier, later, at, side)
    this.#bounds(earlier, later, at, side)
    this.#fields(earlier, later, at, side)
    if (earlier.items && later.items)
      this.#schema(objectIn(earlier.items), objectIn(later.items), `${at}/items`, side)
  }

  /** Kinds of value: of each variant that the narrower schema has, the wider one must have one too. */
  #variants(earlier: Json, later: Json, at: string, side: Side): void {
    const [narrow, wide] = side === 'said' ? [earlier, later] : [later, earlier]
    const kinds = (schema: Json, document: Json) =>
      variantsIn(schema).map((one) => kindOf(this.#resolved(one, document)))
    const [narrowSide, wideSide] =
      side === 'said' ? [this.#earlier, this.#later] : [this.#later, this.#earlier]
    const known = new Set(kinds(wide, wideSide))
    if (known.has('any')) return
    // Clients must expect new kinds among things that say their kind, such as lines of an export.
    const mayGrow = side === 'told' && [...known].every(isTagged)
    for (const kind of kinds(narrow, narrowSide))
      if (!known.has(kind) && !(mayGrow && isTagged(kind)))
        this.#fault(at, side === 'said' ? `takes no ${kind}` : `may be ${kind}`)
    const [before, after] = [variantsIn(earlier), variantsIn(later)]
    if (earlier.anyOf === undefined && later.anyOf === undefined) return
    // Variants of one kind are told apart by their order.
    const seen = new Map<string, number>()
    for (const one of before) {
      const kind = kindOf(this.#resolved(one, this.#earlier))
      const place = seen.get(kind) ?? 0
      seen.set(kind, place + 1)
      const same = after.filter((other) => kindOf(this.#resolved(other, this.#later)) === kind)[place]
      if (same) this.#schema(one, same, `${at}/${kind}`, side)
    }
  }

  #bounds(earlier: Json, later: Json, at: string, side: Side): void {
    const values = later.enum === undefined ? undefined : new Set(valuesIn(later.enum))
    // Clients must expect values that later versions add, so only what they say is looked at.
    if (side === 'told') return
    if (values && earlier.enum === undefined && earlier.const === undefined)
      this.#fault(at, 'takes some values only')
    for (const value of valuesIn(earlier.enum))
      if (values && !values.has(value)) this.#fault(at, `takes no ${JSON.stringify(value)}`)
    for (const name of ['maximum', 'maxLength', 'maxItems', 'maxProperties'])
      if (numberIn(later, name, Infinity) < numberIn(earlier, name, Infinity))
        this.#fault(at, `${name} is lower`)
    for (const name of ['minimum', 'minLength', 'minItems'])
      if (
        numberIn(later, name, -Infinity) >
        Math.max(numberIn(earlier, name, -Infinity), name === 'minimum' ? -Infinity : 0)
      )
        this.#fault(at, `${name} is higher`)
    if (later.pattern !== undefined && later.pattern !== earlier.pattern)
      this.#fault(at, 'has another pattern')
  }

  #fields(earlier: Json, later: Json, at: string, side: Side): void {
    this.#each(earlier.properties, later.properties, at, (one, other, where) =>
      this.#schema(one, other, where, side),
    )
    const [before, after] = [new Set(valuesIn(earlier.required)), new Set(valuesIn(later.required))]
    if (side === 'said')
      for (const name of after) if (!before.has(name)) this.#fault(`${at}/${name}`, 'is required now')
    if (side === 'told')
      for (const name of before) if (!after.has(name)) this.#fault(`${at}/${name}`, 'is not always there now')
  }

  /** Tells of entries that are gone, and compares those that are still there, references followed. */
  #each(
    earlier: unknown,
    later: unknown,
    at: string,
    compare: (one: Json, other: Json, at: string) => void,
  ): void {
    const others = objectIn(later)
    for (const [name, one] of Object.entries(objectIn(earlier))) {
      const where = `${at}/${name}`
      if (others[name] === undefined) this.#fault(where, 'is gone')
      else if (typeof one === 'object' && one !== null)
        compare(
          this.#response(objectIn(one), this.#earlier),
          this.#response(objectIn(others[name]), this.#later),
          where,
        )
    }
  }

  /** Schemas keep their references, by which a pair is known; all else is looked up. */
  #response(value: Json, document: Json): Json {
    return String(value.$ref).startsWith('#/components/schemas/') ? value : this.#resolved(value, document)
  }

  #resolved(value: Json, document: Json): Json {
    if (typeof value.$ref !== 'string') return value
    const path = value.$ref.slice(2).split('/')
    return objectIn(path.reduce((inner: unknown, name) => objectIn(inner)[name], document))
  }

  #fault(at: string, what: string): void {
    this.faults.push(`${at} ${what}`)
  }
}

const objectIn = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
const listIn = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(objectIn) : [])
const valuesIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const variantsIn = (schema: Json): readonly Json[] =>
  schema.anyOf === undefined ? [schema] : listIn(schema.anyOf)

function numberIn(schema: Json, name: string, otherwise: number): number {
  const value = schema[name]
  return typeof value === 'number' ? value : otherwise
}

/** The mark of a variant among others: its constant, the constants of its fields, or its type. */
function kindOf(schema: Json): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  const tags = Object.entries(objectIn(schema.properties)).flatMap(([name, field]) => {
    const { const: value } = objectIn(field)
    return value === undefined ? [] : [`${name}=${value}`]
  })
  return [schema.type ?? 'any', ...tags].join(' ')
}

/** Whether a variant says by a constant field which one it is. */
const isTagged = (kind: string): boolean => kind.startsWith('object ')
