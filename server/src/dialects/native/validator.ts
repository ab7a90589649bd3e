import type { Fault } from '@parlance/protocol'
import type { TSchema } from 'typebox'
import { Compile, type Validator as Compiled } from 'typebox/compile'
import { isJsonObject, own } from '../../lib/json.ts'
import { cleanFaults } from './clean-text.ts'
import { faultsOf } from './faults.ts'

/** Checks values of one place of a request against its schema, and says what is wrong in sentences. */
export class Validator {
  readonly #schema: TSchema
  readonly #variants: ReadonlyMap<unknown, Validator> | undefined
  #compiled: Compiled | undefined

  constructor(schema: TSchema) {
    this.#schema = schema
    this.#variants = variantsOf(schema)
  }

  /** Nothing where the value is as it should be. */
  faultsIn(value: unknown): readonly Fault[] {
    // Compiled at its first use: a start would wait for some hundred of them.
    this.#compiled ??= Compile(this.#schema)
    if (this.#compiled.Check(value)) return cleanFaults(value)
    const variant = this.#variants?.get(isJsonObject(value) ? own(value, VARIANT) : undefined)
    if (variant) return variant.faultsIn(value)
    if (this.#variants) return [this.#noSuchVariant(value)]
    return faultsOf(this.#compiled.Errors(value))
  }

  #noSuchVariant(value: unknown): Fault {
    if (!isJsonObject(value)) return { pointer: '#', detail: 'must be an object' }
    const kinds = [...(this.#variants?.keys() ?? [])].join(', ')
    return { pointer: `#/${VARIANT}`, detail: `must be one of ${kinds}` }
  }
}

/** The field that tells the variants of a body apart. */
const VARIANT = 'kind'

/** The schemas of a union of objects, by the field that tells them apart; undefined for any other schema. */
function variantsOf(schema: TSchema): ReadonlyMap<unknown, Validator> | undefined {
  if (!('anyOf' in schema) || !Array.isArray(schema.anyOf)) return undefined
  const variants: readonly TSchema[] = schema.anyOf
  const named = variants.flatMap((variant) => {
    const kind =
      'properties' in variant && isJsonObject(variant.properties) ? variant.properties[VARIANT] : undefined
    return isJsonObject(kind) && 'const' in kind ? [[kind.const, new Validator(variant)] as const] : []
  })
  return named.length === variants.length ? new Map(named) : undefined
}
