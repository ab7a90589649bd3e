import { MAX_NUMBER } from '@parlance/protocol'
import { type JsonSchema, nameIn } from '../json-schema.ts'
import { type Html, html, prose } from './html.ts'

/** The kind of a value, in words that link to the objects that they name. */
export function kindOf(schema: JsonSchema): Html {
  const { type, anyOf, items, prefixItems, const: one, additionalProperties, patternProperties } = schema
  const name = nameIn(schema)
  if (name !== undefined) return html`<a href="/docs/objects#${name}">${name}</a>`
  if (one !== undefined) return html`<code>${JSON.stringify(one)}</code>`
  if (schema.enum) return listed(schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`))
  if (anyOf) return listed(anyOf.map(kindOf))
  if (prefixItems) return html`[${prefixItems.map((part, at) => [at > 0 && ', ', kindOf(part)])}]`
  if (items) return html`list of ${kindOf(items)}`
  const inner = typeof additionalProperties === 'object' ? additionalProperties : undefined
  const [value = inner] = Object.values(patternProperties ?? {})
  if (value) return html`object of ${kindOf(value)}`
  return html`${WORDS[type ?? ''] ?? 'any value'}`
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  array: 'list',
  object: 'object',
  null: 'null',
}

const listed = (values: readonly Html[]): Html =>
  html`${values.map((value, at) => [at > 0 && (at === values.length - 1 ? ' or ' : ', '), value])}`

/** The bounds of a value, in words; empty where it has none. */
export function boundsOf({ anyOf = [], ...schema }: JsonSchema): readonly Html[] {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems, pattern } = schema
  const isExact = minItems !== undefined && minItems === maxItems
  return [
    range(minLength, maxLength, 'characters'),
    range(minimum, maximum === MAX_NUMBER ? undefined : maximum, ''),
    isExact ? undefined : range(minItems, maxItems, 'entries'),
    pattern === undefined ? undefined : html`matches <code>${pattern}</code>`,
    schema.default === undefined ? undefined : html`default <code>${JSON.stringify(schema.default)}</code>`,
    ...anyOf.flatMap(boundsOf),
  ].filter((words) => words !== undefined)
}

function range(least: number | undefined, most: number | undefined, unit: string): Html | undefined {
  if (least === undefined && most === undefined) return undefined
  if (most === undefined) {
    if (least === 1 && unit !== '') return html`not empty`
    return least === 0 ? undefined : html`at least ${least} ${unit}`
  }
  if (least === undefined) return html`at most ${most} ${unit}`
  return html`${least} to ${most} ${unit}`
}

interface FieldWords {
  readonly name: string
  readonly schema: JsonSchema
  readonly description?: string | undefined
  /** Empty where nothing is to be said. */
  readonly need: string
}

/** A list of fields or parameters. */
export const fieldList = (fields: readonly FieldWords[]): Html =>
  html`<dl class="fields">${fields.map(({ name, schema, need, description = descriptionOf(schema) }) => {
    const words = [...(description === undefined ? [] : [prose(description)]), ...boundsOf(schema)]
    return html`<div><dt><code>${name}</code><span class="kind">${kindOf(schema)}</span>${
      need !== '' && html`<span class="need">${need}</span>`
    }</dt>${words.length > 0 && html`<dd>${words.map((word, at) => [at > 0 && ' · ', word])}</dd>`}</div>`
  })}</dl>`

const descriptionOf = ({ description, anyOf = [] }: JsonSchema): string | undefined =>
  description ?? anyOf.map((one) => one.description).find((one) => one !== undefined)

/** The fields of an object, those of the objects inside of it by dotted names. */
export function fieldsOf(schema: JsonSchema, needs: { required: string; optional: string }): FieldWords[] {
  const required = new Set(schema.required ?? [])
  return Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
    const field = { name, schema: one, need: required.has(name) ? needs.required : needs.optional }
    const inner = one.properties ? one : undefined
    const parts = inner
      ? fieldsOf(inner, needs).map((part) => ({ ...part, name: `${name}.${part.name}` }))
      : []
    return [field, ...parts]
  })
}
