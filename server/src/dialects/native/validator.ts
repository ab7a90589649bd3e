import type { Fault } from '@parlance/protocol'
import type { TSchema } from 'typebox'
import type { Compile, Validator as Compiled } from 'typebox/compile'
import { isJsonObject, own } from '../../lib/json.ts'
import { cleanFaults } from './clean-text.ts'
import { faultsOf } from './faults.ts'

/** Errors that the library gathers of one value. Most of them are faults of their own. */
const MAX_ERRORS = 200

let compile: typeof Compile | undefined
let loading: Promise<void> | undefined

/**
 * Resolves when values can be checked; undefined when they can be already. The first request loads the library: its
 * hundreds of modules would make every start a fifth longer.
 */
export function loadValidators(): Promise<void> | undefined {
  if (compile) return undefined
  loading ??= load()
  return loading
}

async function load(): Promise<void> {
  const [{ Compile }, { Settings }] = await Promise.all([import('typebox/compile'), import('typebox/system')])
  Settings.Set({ maxErrors: MAX_ERRORS })
  compile = Compile
}

/**
 * Checks values of one place of a request against its schema, and says what is wrong in sentences. The first check comes
 * after `loadValidators`.
 */
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
    if (!compile) throw new Error('loadValidators was not awaited')
    this.#compiled ??= compile(this.#schema)
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
