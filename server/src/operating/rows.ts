import { answer } from '../lib/answer.ts'
import type { Micros } from '../lib/clock.ts'

export type Cell = string | number | boolean | null | Date
/** One line of a table: titles in camel case, and what stands under them. */
export type Row = Readonly<Record<string, Cell>>

export const when = (at: Micros): Date => new Date(at / 1000)

/** Rows that are read at a time. */
const PAGE = 500

interface Source<Item> {
  /** Items with greater ids than `after`, at most `limit`, by their ids. */
  read(page: { readonly after: number; readonly limit: number }): Promise<readonly Item[]>
  idOf(item: Item): number
  /** An item without a row is left out. */
  rowOf(item: Item): Row | undefined
}

/** A row for each item that there is, page by page. */
export async function* rowsOf<Item>({ read, idOf, rowOf }: Source<Item>): AsyncGenerator<readonly Row[]> {
  for (let after = 0; ; ) {
    const items = await read({ after, limit: PAGE })
    const last = items.at(-1)
    if (last === undefined) return
    yield items.map(rowOf).filter((row) => row !== undefined)
    after = idOf(last)
  }
}

interface Printing {
  /** One JSON object a line, for programs; else a table for people. */
  readonly asJson: boolean
  /** The sentence for a table without rows. */
  readonly nothing: string
}

/** Writes rows to standard output as they come: a table is as wide as its first page needs. Throws `CommandEnd`. */
export async function printRows(
  pages: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  { asJson, nothing }: Printing,
): Promise<void> {
  let table: Table | undefined
  for await (const rows of pages) {
    const [first] = rows
    if (!first) continue
    if (asJson) {
      await answer(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
      continue
    }
    const isFirst = table === undefined
    table ??= new Table(rows)
    await answer(`${isFirst ? table.head() : ''}${rows.map((row) => table?.line(row)).join('')}`)
  }
  if (!table && !asJson) await answer(`${nothing}\n`)
}

/** Writes one thing: each of its facts on a line of its own, or as one JSON object. Throws `CommandEnd`. */
export function printFacts(facts: Row, asJson: boolean): Promise<void> {
  if (asJson) return answer(`${JSON.stringify(facts)}\n`)
  const titles = Object.keys(facts).map(titleOf)
  const width = Math.max(...titles.map(widthOf))
  const lines = Object.values(facts).map((cell, n) => `${padded(titles[n] ?? '', width)}  ${shown(cell)}\n`)
  return answer(lines.join(''))
}

class Table {
  readonly #keys: readonly string[]
  readonly #widths: readonly number[]

  constructor(rows: readonly Row[]) {
    this.#keys = Object.keys(rows[0] ?? {})
    this.#widths = this.#keys.map((key) =>
      Math.max(widthOf(titleOf(key)), ...rows.map((row) => widthOf(shown(row[key] ?? null)))),
    )
  }

  head(): string {
    return this.#join(this.#keys.map(titleOf))
  }

  line(row: Row): string {
    return this.#join(this.#keys.map((key) => shown(row[key] ?? null)))
  }

  #join(cells: readonly string[]): string {
    return `${cells
      .map((cell, n) => padded(cell, this.#widths[n] ?? 0))
      .join('  ')
      .trimEnd()}\n`
  }
}

const titleOf = (key: string): string => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/** A cell as people read it. Names were chosen by others: nothing in them may steer a terminal. */
function shown(cell: Cell): string {
  if (cell === null) return '-'
  if (cell instanceof Date) return `${cell.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  return String(cell).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd')
}

const widthOf = (text: string): number => [...text].length
const padded = (text: string, width: number): string =>
  `${text}${' '.repeat(Math.max(0, width - widthOf(text)))}`
